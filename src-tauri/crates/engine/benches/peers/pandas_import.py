"""The import of the system that Callboard replaces: pandas reads the file, every row becomes an object of SQLAlchemy,
one commit writes them. No normalising, no duplicates, no do-not-call list: less than Callboard does.

Prints the seconds from opening the file to the commit, the median of three; works in a schema of its own.
Usage: pandas_import.py FILE ROWS DATABASE_URL
"""

import statistics
import sys
import time
import uuid
from urllib.parse import parse_qs, urlsplit

import pandas as pd
from sqlalchemy import (URL, Column, DateTime, ForeignKey, Index, Integer, String, Text, create_engine, func, select, text)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Session, declarative_base

SCHEMA = "peer_pandas"
Base = declarative_base()


class Campaign(Base):
    __tablename__ = "campaigns"
    __table_args__ = {"schema": SCHEMA}
    id = Column(UUID(as_uuid=True), primary_key=True, default=uuid.uuid4)
    total_tasks = Column(Integer, nullable=False, default=0)


class CallTask(Base):
    __tablename__ = "call_tasks"
    id = Column(UUID(as_uuid=True), primary_key=True, default=uuid.uuid4)
    campaign_id = Column(ForeignKey(f"{SCHEMA}.campaigns.id", ondelete="CASCADE"), nullable=False, index=True)
    phone_number = Column(String(50), nullable=False)
    contact_name = Column(String(255))
    contact_data = Column(JSONB, nullable=False, default=dict)
    status = Column(String(50), nullable=False, default="pending", index=True)
    attempt_count = Column(Integer, nullable=False, default=0)
    last_attempt_at = Column(DateTime(timezone=True))
    next_attempt_at = Column(DateTime(timezone=True))
    outcome = Column(String(50))
    error_message = Column(Text)
    priority = Column(Integer, nullable=False, default=0)
    created_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    updated_at = Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    __table_args__ = (
        Index("call_tasks_queue", "campaign_id", "status", "next_attempt_at",
              postgresql_where=text("status in ('pending', 'retry')")),
        {"schema": SCHEMA},
    )


def engine_of(url):
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname])[0]
    return create_engine(URL.create("postgresql+psycopg2", username=parts.username, password=parts.password,
                                    database=parts.path.lstrip("/"), query={"host": host, "port": str(parts.port or 5432)}))


def upload_call_list(session, campaign_id, path, rows):
    # The replaced system knows only commas and its own column names; the difference costs nothing.
    frame = pd.read_csv(path, sep=";", nrows=rows)
    frame = frame.rename(columns={"Телефон": "phone_number", "ФИО": "name"})
    tasks, errors = [], []
    for index, row in frame.iterrows():
        phone = str(row["phone_number"]).strip() if pd.notna(row["phone_number"]) else ""
        if not phone:
            errors.append(f"Row {index + 2}: Empty phone number")
            continue
        data = {column: str(row[column]) for column in frame.columns
                if column not in ("phone_number", "name") and pd.notna(row[column])}
        name = str(row["name"]) if pd.notna(row["name"]) else None
        tasks.append(CallTask(campaign_id=campaign_id, phone_number=phone, contact_name=name, contact_data=data,
                              status="pending", attempt_count=0, priority=0))
    session.add_all(tasks)
    campaign = session.execute(select(Campaign).where(Campaign.id == campaign_id)).scalar_one()
    campaign.total_tasks += len(tasks)
    session.commit()
    return len(tasks)


def main():
    path, rows, url = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    engine = engine_of(url)
    with engine.begin() as connection:
        connection.execute(text(f"drop schema if exists {SCHEMA} cascade"))
        connection.execute(text(f"create schema {SCHEMA}"))
    Base.metadata.create_all(engine)
    times = []
    for _ in range(3):
        with Session(engine) as session:
            campaign = Campaign()
            session.add(campaign)
            session.commit()
            campaign_id = campaign.id
        with Session(engine) as session:
            started = time.perf_counter()
            upload_call_list(session, campaign_id, path, rows)
            times.append(time.perf_counter() - started)
    with engine.begin() as connection:
        connection.execute(text(f"drop schema {SCHEMA} cascade"))
    print(statistics.median(times))


main()
