"""Logins that differ in more than case, and where sessions were opened"""

import sqlalchemy as sa
from alembic import op

from controlplane.kernel.errors import Conflict

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    users = sa.table('users', sa.column('login', sa.String))
    taken: dict[str, list[str]] = {}
    for login in op.get_bind().execute(sa.select(users.c.login).order_by(users.c.login)).scalars():
        taken.setdefault(login.lower(), []).append(login)
    collisions = [', '.join(logins) for logins in taken.values() if len(logins) > 1]
    if collisions:
        raise Conflict(
            'logins must differ in more than upper and lower case, and these do not: '
            f'{"; ".join(collisions)}. Nothing was changed: give all but one of each another login with '
            '`awaz user rename LOGIN NEW`, then start again'
        )
    op.create_index('uq_users_lower_login', 'users', [sa.text('lower(login)')], unique=True)
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address', sa.String(length=64), server_default='', nullable=False))
