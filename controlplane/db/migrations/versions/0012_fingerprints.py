"""Fingerprints in a table of their own, which searches do not read"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'


def upgrade() -> None:
    op.create_table('fingerprints',
        sa.Column('track_id', sa.String(length=32), nullable=False),
        sa.Column('numbers', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['track_id'], ['tracks.id'], name=op.f('fk_fingerprints_track_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('track_id', name=op.f('pk_fingerprints'))
        )
    op.execute("INSERT INTO fingerprints (track_id, numbers) SELECT id, fingerprint FROM tracks WHERE fingerprint <> ''")
    op.drop_column('tracks', 'fingerprint')
    op.create_index(op.f('ix_tracks_station_id_size'), 'tracks', ['station_id', 'size'], unique=False)
    op.create_index(op.f('ix_tracks_station_id_measured'), 'tracks', ['station_id', 'measured'], unique=False)
