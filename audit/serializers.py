"""The login log as JSON."""

from rest_framework import serializers

from audit.models import LoginLog
from users.attempts import FailureReason


class LoginLogSerializer(serializers.ModelSerializer[LoginLog]):
    """One authentication attempt."""

    failure_reason = serializers.ChoiceField(FailureReason.choices, allow_blank=True, read_only=True)

    class Meta:
        model = LoginLog
        fields = [
            "id",
            "user",
            "username",
            "login_time",
            "ip_address",
            "user_agent",
            "is_success",
            "failure_reason",
            "entrance",
            "token_id",
            "request_id",
        ]
        read_only_fields = fields
