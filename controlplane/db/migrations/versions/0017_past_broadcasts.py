"""Past broadcasts: how many listened, by the minute, and what went wrong"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'


def upgrade() -> None:
    op.create_table(
        'listening',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('listeners', sa.Integer(), nullable=False),
        sa.Column('peak', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_listening_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('station_id', 'at', name=op.f('pk_listening')),
    )
    op.create_index(op.f('ix_listening_at'), 'listening', ['at'], unique=False)
    op.create_table(
        'incidents',
        sa.Column('id', sa.Integer(), autoincrement=True, nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('message', sa.Text(), nullable=False),
        sa.Column('address', sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_incidents_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents')),
    )
    op.create_index(op.f('ix_incidents_station_id_at'), 'incidents', ['station_id', 'at'], unique=False)
    op.create_index(op.f('ix_broadcasts_station_id_started_at'), 'broadcasts', ['station_id', 'started_at'], unique=False)
