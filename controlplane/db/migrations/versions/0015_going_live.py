"""Going live: flags of stations, what broadcasts are called and where they come from, locked stream keys"""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'


def upgrade() -> None:
    op.add_column('stations', sa.Column('auto_stop', sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column('stations', sa.Column('dead_air_s', sa.Integer(), server_default='30', nullable=False))
    op.add_column('stream_keys', sa.Column('locked_until', sa.BigInteger(), nullable=True))
    op.add_column('broadcasts', sa.Column('title', sa.String(length=200), nullable=True))
    op.add_column('broadcasts', sa.Column('description', sa.Text(), nullable=True))
    op.add_column('broadcasts', sa.Column('slot', sa.String(length=8), nullable=True))
    # Until now there was one ingest mount.
    op.execute("UPDATE broadcasts SET slot = 'a' WHERE kind = 'live'")
