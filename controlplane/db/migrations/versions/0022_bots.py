"""Bots, with their keys"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'


def upgrade() -> None:
    op.create_table(
        'bots',
        sa.Column('user_id', sa.String(length=32), nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('made_by', sa.String(length=80), nullable=False),
        sa.Column('used_at', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_bots_user_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_bots_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('user_id', name=op.f('pk_bots')),
        sa.UniqueConstraint('sha256', name=op.f('uq_bots_sha256')),
    )
    op.create_index(op.f('ix_bots_station_id'), 'bots', ['station_id'])
