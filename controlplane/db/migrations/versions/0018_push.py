"""Web Push: the browsers that asked to be told of a station"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'


def upgrade() -> None:
    op.create_table(
        'push_subscriptions',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('id', sa.String(length=64), nullable=False),
        sa.Column('endpoint', sa.Text(), nullable=False),
        sa.Column('p256dh', sa.String(length=128), nullable=False),
        sa.Column('auth', sa.String(length=32), nullable=False),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_push_subscriptions_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('station_id', 'id', name=op.f('pk_push_subscriptions')),
    )
