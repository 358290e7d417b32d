"""What columns are made of: the words in which the tables are declared."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, MetaData, SmallInteger, Text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """Common face: where all tables are known."""

    metadata: ClassVar[MetaData] = SQLModel.metadata


def Bucket() -> Any:
    """Distribution column: the top 12 bits of BLAKE2b over tenant and customer (0-4095). Never updated."""
    return Field(primary_key=True, sa_type=SmallInteger)


def Key() -> Any:
    """A part of the primary key after the bucket."""
    return Field(primary_key=True, sa_type=Text)


def Word(default: str = "") -> Any:
    """A short text that is never null: empty means unknown."""
    return Field(default=default, sa_type=Text, nullable=False)


def Instant(nullable: bool = False) -> Any:
    """UTC microseconds since 1970."""
    return Field(default=None if nullable else ..., sa_type=BigInteger, nullable=nullable)


def Json(nullable: bool = False) -> Any:
    """JSON text: written and read whole."""
    return Field(default=None if nullable else "{}", sa_type=Text, nullable=nullable)
