"""Recordings on air: which broadcast an item of a plan is a part of, and the pictures of broadcasts"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'


def upgrade() -> None:
    op.add_column('plan_items', sa.Column('broadcast_id', sa.String(length=32), server_default='', nullable=False))
    op.add_column('broadcasts', sa.Column('art_url', sa.String(length=200), nullable=True))
