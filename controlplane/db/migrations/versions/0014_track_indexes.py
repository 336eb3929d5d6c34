"""Indexes for measuring and removing tracks"""

from alembic import op

revision = '0014'
down_revision = '0013'


def upgrade() -> None:
    op.create_index(op.f('ix_tracks_measured_added_at'), 'tracks', ['measured', 'added_at'], unique=False)
    op.create_index(op.f('ix_tracks_station_id_duration_ms'), 'tracks', ['station_id', 'duration_ms'], unique=False)
    op.create_index(op.f('ix_tracks_duplicate_of'), 'tracks', ['duplicate_of'], unique=False)
