"""The plan of what will be played, and an id for each play"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.create_table('plans',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('counted', sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_plans_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('station_id', name=op.f('pk_plans'))
        )
    op.create_table('plan_items',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.Column('track_id', sa.String(length=32), nullable=False),
        sa.Column('placed_by', sa.String(length=80), nullable=False),
        sa.Column('last_played_at', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_plan_items_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_items'))
        )
    op.create_index(op.f('ix_plan_items_station_id'), 'plan_items', ['station_id'], unique=False)
    with op.batch_alter_table('plays', schema=None) as batch_op:
        batch_op.add_column(sa.Column('play_id', sa.String(length=64), server_default='', nullable=False))
