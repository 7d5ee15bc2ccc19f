from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth_api", "0004_devices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="lockout",
            name="allowance",
            field=models.CharField(
                choices=[
                    ("account_and_network", "account and network"),
                    ("account", "account, from everywhere"),
                    ("account_at_home", "account, where its owner has logged in before"),
                    ("network", "network, on any account"),
                ],
                max_length=20,
                verbose_name="limit",
            ),
        ),
        migrations.AddIndex(
            model_name="lockout",
            index=models.Index(
                condition=models.Q(("id__gt", 0)),
                fields=["account", "id"],
                name="auth_api_lockout_account",
            ),
        ),
        migrations.AddIndex(
            model_name="lockout",
            index=models.Index(
                condition=models.Q(("id__gt", 0)),
                fields=["network", "id"],
                name="auth_api_lockout_network",
            ),
        ),
    ]
