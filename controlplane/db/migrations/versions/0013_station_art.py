"""The picture of a station"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'


def upgrade() -> None:
    op.add_column('stations', sa.Column('art', sa.String(length=64), server_default='', nullable=False))
    op.create_index(op.f('ix_tracks_art'), 'tracks', ['art'], unique=False)
