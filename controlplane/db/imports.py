"""Files of stations' folders that have been imported, or refused."""

from dataclasses import astuple, dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import imported_files as table


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """A file as it was: another size or time makes it another one. The time is in unix nanoseconds."""

    name_sha256: str
    size: int
    modified_ns: int


async def of(connection: AsyncConnection, station_id: str) -> set[ImportedFile]:
    """Return the files of a station's folder that were looked at."""
    query = select(table.c.name_sha256, table.c.size, table.c.modified_ns).where(table.c.station_id == station_id)
    return {ImportedFile(*row) for row in await connection.execute(query)}


async def put(connection: AsyncConnection, station_id: str, file: ImportedFile) -> None:
    """Record a file in place of an older one of its name."""
    await connection.execute(
        delete(table).where(table.c.station_id == station_id, table.c.name_sha256 == file.name_sha256)
    )
    names = ("name_sha256", "size", "modified_ns")
    await connection.execute(
        insert(table).values(station_id=station_id, **dict(zip(names, astuple(file), strict=True)))
    )
