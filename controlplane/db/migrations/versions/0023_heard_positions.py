"""Where in the stream messages were written and likes given"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'


def upgrade() -> None:
    op.add_column('chat_messages', sa.Column('position', sa.Text(), nullable=True))
    op.add_column('likes', sa.Column('position', sa.Text(), nullable=True))
