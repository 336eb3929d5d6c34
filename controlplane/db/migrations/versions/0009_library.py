"""The tracks of stations, and their uploads"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.create_table('imported_files',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('name_sha256', sa.String(length=64), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('modified_ns', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_imported_files_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('station_id', 'name_sha256', name=op.f('pk_imported_files'))
        )
    op.create_table('libraries',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_libraries_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('station_id', name=op.f('pk_libraries'))
        )
    op.create_table('tracks',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('format', sa.String(length=8), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('file_name', sa.String(length=255), nullable=False),
        sa.Column('title', sa.String(length=255), nullable=False),
        sa.Column('artist', sa.String(length=255), nullable=False),
        sa.Column('album', sa.String(length=255), nullable=False),
        sa.Column('genre', sa.String(length=80), nullable=False),
        sa.Column('year', sa.Integer(), nullable=True),
        sa.Column('isrc', sa.String(length=12), nullable=False),
        sa.Column('label', sa.String(length=120), nullable=False),
        sa.Column('duration_ms', sa.Integer(), nullable=False),
        sa.Column('codec', sa.String(length=16), nullable=False),
        sa.Column('bitrate_kbps', sa.Integer(), nullable=False),
        sa.Column('art', sa.String(length=64), nullable=False),
        sa.Column('title_key', sa.String(length=255), nullable=False),
        sa.Column('artist_key', sa.String(length=255), nullable=False),
        sa.Column('search', sa.Text(), nullable=False),
        sa.Column('added_by', sa.String(length=80), nullable=False),
        sa.Column('added_at', sa.BigInteger(), nullable=False),
        sa.Column('measured', sa.String(length=8), nullable=False),
        sa.Column('problem', sa.String(length=200), nullable=False),
        sa.Column('loudness_lufs', sa.Float(), nullable=True),
        sa.Column('peak_dbtp', sa.Float(), nullable=True),
        sa.Column('gain_db', sa.Float(), nullable=False),
        sa.Column('cue_in_ms', sa.Integer(), nullable=False),
        sa.Column('cue_out_ms', sa.Integer(), nullable=True),
        sa.Column('fingerprint', sa.Text(), nullable=False),
        sa.Column('duplicate_of', sa.String(length=32), nullable=True),
        sa.Column('plays', sa.Integer(), nullable=False),
        sa.Column('played_at', sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_tracks_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_tracks')),
        sa.UniqueConstraint('station_id', 'sha256', name=op.f('uq_tracks_station_id_sha256'))
        )
    op.create_index(op.f('ix_tracks_sha256'), 'tracks', ['sha256'], unique=False)
    op.create_index(op.f('ix_tracks_station_id_added_at_id'), 'tracks', ['station_id', 'added_at', 'id'], unique=False)
    op.create_index(op.f('ix_tracks_station_id_artist_key_title_key_id'), 'tracks', ['station_id', 'artist_key', 'title_key', 'id'], unique=False)
    op.create_index(op.f('ix_tracks_station_id_title_key_id'), 'tracks', ['station_id', 'title_key', 'id'], unique=False)
    op.create_table('uploads',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('user_id', sa.String(length=32), nullable=False),
        sa.Column('file_name', sa.String(length=255), nullable=False),
        sa.Column('size', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.BigInteger(), nullable=False),
        sa.Column('track_id', sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_uploads_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_uploads'))
        )
