"""Playlists, which AutoDJ plays from"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.create_table('playlists',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('name_key', sa.String(length=255), nullable=False),
        sa.Column('order', sa.String(length=8), nullable=False),
        sa.Column('weight', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('last_track', sa.String(length=32), nullable=False),
        sa.Column('turns', sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_playlists_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_playlists')),
        sa.UniqueConstraint('station_id', 'name_key', name=op.f('uq_playlists_station_id_name_key'))
        )
    op.create_table('playlist_tracks',
        sa.Column('playlist_id', sa.String(length=32), nullable=False),
        sa.Column('track_id', sa.String(length=32), nullable=False),
        sa.Column('place', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['playlist_id'], ['playlists.id'], name=op.f('fk_playlist_tracks_playlist_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['track_id'], ['tracks.id'], name=op.f('fk_playlist_tracks_track_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('playlist_id', 'track_id', name=op.f('pk_playlist_tracks'))
        )
    op.create_index(op.f('ix_playlist_tracks_track_id'), 'playlist_tracks', ['track_id'], unique=False)
    with op.batch_alter_table('plan_items', schema=None) as batch_op:
        batch_op.add_column(sa.Column('playlist_id', sa.String(length=32), server_default='', nullable=False))
    with op.batch_alter_table('plans', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rotation', sa.String(length=64), server_default='', nullable=False))
        batch_op.add_column(sa.Column('chosen_from', sa.Integer(), server_default='0', nullable=False))
