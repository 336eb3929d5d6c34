"""Whether a station's chat is sent to readers without an account or a socket"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'


def upgrade() -> None:
    op.add_column('chat_settings', sa.Column('public', sa.Boolean(), server_default=sa.true(), nullable=False))
