"""The chat and likes: messages, names, settings; a handover of each log; timeouts beside bans"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'


def upgrade() -> None:
    op.create_table(
        'chat_messages',
        sa.Column('id', sa.String(length=32), nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('user_id', sa.String(length=64), nullable=False),
        sa.Column('client_id', sa.String(length=36), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('role', sa.String(length=16), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('reply_to', sa.String(length=32), nullable=True),
        sa.Column('announcement', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('state', sa.String(length=8), nullable=False),
        sa.Column('edited', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('written_at', sa.BigInteger(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('epoch', sa.String(length=64), server_default='', nullable=False),
        sa.Column('seq', sa.BigInteger(), server_default='0', nullable=False),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_chat_messages_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_chat_messages')),
        sa.UniqueConstraint('user_id', 'client_id', name=op.f('uq_chat_messages_user_id_client_id')),
    )
    for columns in (('station_id', 'at', 'seq'), ('station_id', 'user_id', 'at'), ('epoch', 'at'),
                    ('state', 'station_id')):
        op.create_index(op.f('ix_chat_messages_' + '_'.join(columns)), 'chat_messages', [*columns])
    op.create_table(
        'chat_names',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('user_id', sa.String(length=64), nullable=False),
        sa.Column('own_name', sa.String(length=80), nullable=False),
        sa.Column('name', sa.String(length=80), nullable=False),
        sa.Column('name_key', sa.String(length=400), nullable=False),
        sa.Column('since', sa.BigInteger(), nullable=False),
        sa.Column('used_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_chat_names_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('station_id', 'user_id', name=op.f('pk_chat_names')),
        sa.UniqueConstraint('station_id', 'name_key', name=op.f('uq_chat_names_station_id_name_key')),
    )
    op.create_table(
        'chat_settings',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('slow_s', sa.Integer(), server_default='0', nullable=False),
        sa.Column('who', sa.String(length=16), server_default='everybody', nullable=False),
        sa.Column('links', sa.String(length=8), server_default='allow', nullable=False),
        sa.Column('off_air', sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column('hold_new', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column('pinned_id', sa.String(length=32), nullable=True),
        sa.Column('raid_until', sa.BigInteger(), nullable=True),
        sa.Column('before_raid', sa.Text(), server_default='', nullable=False),
        sa.Column('keep_days', sa.Integer(), server_default='90', nullable=False),
        sa.Column('words', sa.Text(), server_default='[]', nullable=False),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_chat_settings_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('station_id', name=op.f('pk_chat_settings')),
    )
    op.create_table(
        'chat_reports',
        sa.Column('message_id', sa.String(length=32), nullable=False),
        sa.Column('user_id', sa.String(length=64), nullable=False),
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('reason', sa.String(length=200), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('settled', sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ['message_id'], ['chat_messages.id'], name=op.f('fk_chat_reports_message_id'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_chat_reports_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('message_id', 'user_id', name=op.f('pk_chat_reports')),
    )
    op.create_index(op.f('ix_chat_reports_station_id_settled'), 'chat_reports', ['station_id', 'settled'])
    op.create_table(
        'likes',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('kind', sa.String(length=8), nullable=False),
        sa.Column('target', sa.String(length=64), nullable=False),
        sa.Column('user_id', sa.String(length=64), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(['station_id'], ['stations.id'], name=op.f('fk_likes_station_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('station_id', 'kind', 'target', 'user_id', name=op.f('pk_likes')),
    )
    op.create_index(op.f('ix_likes_user_id'), 'likes', ['user_id'])
    op.create_index(op.f('ix_plays_station_id_play_id'), 'plays', ['station_id', 'play_id'])
    op.create_index(op.f('ix_chat_settings_raid_until'), 'chat_settings', ['raid_until'])
    op.execute('CREATE TABLE handovers_before AS SELECT * FROM handovers')
    op.drop_table('handovers')
    op.create_table(
        'handovers',
        sa.Column('station_id', sa.String(length=32), nullable=False),
        sa.Column('log', sa.String(length=8), nullable=False),
        sa.Column('owner', sa.String(length=32), nullable=False),
        sa.Column('epoch', sa.String(length=64), nullable=False),
        sa.Column('seq', sa.BigInteger(), nullable=False),
        sa.Column('events', sa.Text(), nullable=False),
        sa.Column('left_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['station_id'], ['stations.id'], name=op.f('fk_handovers_station_id'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('station_id', 'log', name=op.f('pk_handovers')),
    )
    names = 'station_id, log, owner, epoch, seq, events, left_at'
    values = names.replace('log', "'stream'")
    op.execute(f'INSERT INTO handovers ({names}) SELECT {values} FROM handovers_before')
    op.drop_table('handovers_before')
    op.add_column('bans', sa.Column('kind', sa.String(length=8), server_default='ban', nullable=False))
