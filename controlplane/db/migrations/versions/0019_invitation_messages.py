"""Messages of invitations, and the time of a stream key's last use"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'


def upgrade() -> None:
    op.add_column('invitations', sa.Column('message', sa.Text(), server_default='', nullable=False))
    op.add_column('stream_keys', sa.Column('last_used_at', sa.BigInteger(), nullable=True))
