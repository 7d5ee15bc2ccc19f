from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth_api", "0003_account_at_home"),
    ]

    operations = [
        migrations.AddField(
            model_name="guess",
            name="device",
            field=models.CharField(blank=True, db_default="", default="", max_length=44, verbose_name="device"),
        ),
        migrations.AlterField(
            model_name="lockout",
            name="network",
            field=models.CharField(blank=True, max_length=44, verbose_name="network or device"),
        ),
    ]
