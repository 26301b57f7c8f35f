import django.db.models.expressions
from django.db import migrations, models

# 128 random bits without an extension. A volatile default: each row that exists gets its own.
DRAWN = django.db.models.expressions.Func(
    template=(
        "encode(substr(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 1, 16)"
        ", 'hex')::uuid"
    ),
    output_field=models.UUIDField(),
)

KEPT = """
CREATE FUNCTION results_keep_verification_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published result % keeps its verification code', OLD.id
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER results_keep_verification_code BEFORE UPDATE ON results_publishedresult
FOR EACH ROW WHEN (OLD.verification_code <> NEW.verification_code)
EXECUTE FUNCTION results_keep_verification_code();
"""


class Migration(migrations.Migration):
    dependencies = [("results", "0006_history_is_named_in_french")]

    operations = [
        migrations.AddField(
            model_name="publishedresult",
            name="verification_code",
            field=models.UUIDField(
                db_default=DRAWN,
                editable=False,
                unique=True,
                verbose_name="code de vérification",
            ),
        ),
        migrations.AlterField(
            model_name="publishedresult",
            name="verification_code",
            field=models.UUIDField(
                editable=False, unique=True, verbose_name="code de vérification"
            ),
        ),
        migrations.RunSQL(
            KEPT, "DROP FUNCTION results_keep_verification_code() CASCADE"
        ),
    ]
