"""Plain names for access tables, and plays that only stand in for a title"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'


def upgrade() -> None:
    op.rename_table('authority', 'access_version')
    with op.batch_alter_table('access_version', schema=None) as batch_op:
        batch_op.alter_column('stamp', new_column_name='version', existing_type=sa.BigInteger(), existing_nullable=False)
    with op.batch_alter_table('revocations', schema=None) as batch_op:
        batch_op.alter_column('what', new_column_name='subject', existing_type=sa.String(length=64), existing_nullable=False)
        batch_op.alter_column('heir', new_column_name='user_id', existing_type=sa.String(length=32))
    with op.batch_alter_table('plays', schema=None) as batch_op:
        batch_op.add_column(sa.Column('stand_in', sa.Boolean(), server_default=sa.false(), nullable=False))
