-- Skillbases: drafts, hashes, regression cases, knowledge, two versions in one campaign.

-- ---- Versions and drafts ----

alter table skillbases
    drop constraint skillbases_version_positive,
    add constraint skillbases_version_from_zero check (current_version >= 0);
comment on column skillbases.current_version is 'The newest published version, which new campaigns pin; 0 while nothing was published.';

-- Immutable in truth: the text of a jsonb value depends on nothing but the value.
create function document_hash(document jsonb) returns text
language sql immutable parallel safe
return encode(sha256(convert_to(document::text, 'UTF8')), 'hex');
comment on function document_hash(jsonb) is 'SHA-256 of a document as this database writes it.';

alter table skillbase_versions
    add column hash          text generated always as (document_hash(document)) stored,
    add column note          text not null default '' constraint skillbase_versions_note_length check (char_length(note) <= 500),
    add column restored_from integer constraint skillbase_versions_restored_earlier check (restored_from < version);
comment on column skillbase_versions.hash is 'SHA-256 of the document as this database writes it, which is SkillbaseDocument::canonical_json; calls carry it.';
comment on column skillbase_versions.note is 'What changed, in the words of who published it.';
comment on column skillbase_versions.restored_from is 'The earlier version whose document was published again; null when it was written.';

create table skillbase_drafts (
    company_id   uuid        not null,
    skillbase_id uuid        not null,
    document     jsonb       not null,
    base_version integer     not null constraint skillbase_drafts_base_from_zero check (base_version >= 0),
    revision     integer     not null default 1 constraint skillbase_drafts_revision_positive check (revision >= 1),
    saved_at     timestamptz not null default now(),
    primary key (company_id, skillbase_id),
    foreign key (company_id, skillbase_id) references skillbases on delete cascade
);
comment on table skillbase_drafts is 'What is being written and was not published. It may have errors.';
comment on column skillbase_drafts.company_id is 'The company.';
comment on column skillbase_drafts.skillbase_id is 'The skillbase; it has one draft at most.';
comment on column skillbase_drafts.document is 'The document (callboard_core::skillbase::SkillbaseDocument).';
comment on column skillbase_drafts.base_version is 'The version that it was made of; 0 for none.';
comment on column skillbase_drafts.revision is 'Rises with every save; a window that holds an older one is told so and overwrites nothing.';
comment on column skillbase_drafts.saved_at is 'When it was saved last.';

-- ---- Two versions in one campaign ----

alter table campaigns
    add column variant_version integer,
    add column variant_percent smallint constraint campaigns_variant_percent_range check (variant_percent between 1 and 99),
    add constraint campaigns_variant_whole check ((variant_version is null) = (variant_percent is null)),
    add constraint campaigns_variant_differs check (variant_version <> skillbase_version),
    add constraint campaigns_variant_fkey foreign key (company_id, skillbase_id, variant_version)
        references skillbase_versions on delete restrict;
comment on column campaigns.variant_version is 'Version B, which is compared with the pinned version A; null: every contact gets the pinned one.';
comment on column campaigns.variant_percent is 'Per cent of the contacts that get version B, 1 to 99.';

create function contact_variant(campaign_id uuid, phone text, percent smallint) returns text
language sql immutable parallel safe
return case
    when percent is null then null
    when ('x' || left(md5(campaign_id::text || phone), 8))::bit(32)::bigint % 100 < percent then 'b'
    else 'a'
end;
comment on function contact_variant(uuid, text, smallint) is 'Which version a contact of a campaign gets: the same at every attempt, on every machine, whatever the order of the list. Another campaign draws anew.';

alter table calls
    add column skillbase_hash text,
    add column variant        text constraint calls_variant_known check (variant in ('a', 'b'));
comment on column calls.skillbase_hash is 'Hash of the document that spoke; null for calls of before hashes were kept.';
comment on column calls.variant is 'a: the contact is on the side of the pinned version; b: on that of the other one; null: the campaign compared nothing.';

-- Whoever admits a call names the pinned version; which one really speaks, and its hash, is decided here, so that no way
-- of making a call can forget it.
create function give_call_its_version() returns trigger
language plpgsql as $$
declare
    speaks record;
begin
    select v.version, v.hash, drawn.variant into speaks
    from campaigns c
    cross join lateral (select contact_variant(c.campaign_id, new.phone, c.variant_percent) as variant) drawn
    join skillbase_versions v
      on v.company_id = c.company_id and v.skillbase_id = c.skillbase_id
     and v.version = case drawn.variant when 'b' then c.variant_version else c.skillbase_version end
    where c.company_id = new.company_id and c.campaign_id = new.campaign_id;
    if found then
        new.skillbase_version := speaks.version;
        new.skillbase_hash := speaks.hash;
        new.variant := speaks.variant;
    end if;
    return new;
end
$$;
comment on function give_call_its_version() is 'Gives a new call the version of its contact''s side, with its hash.';
create trigger calls_take_their_version before insert on calls
    for each row execute function give_call_its_version();

-- ---- Base instructions ----

alter table system_settings
    add column base_prompt_ru         text        not null default '' constraint system_settings_base_prompt_ru_length check (char_length(base_prompt_ru) <= 20000),
    add column base_prompt_en         text        not null default '' constraint system_settings_base_prompt_en_length check (char_length(base_prompt_en) <= 20000),
    add column base_prompt_revision   integer     not null default 0,
    add column base_prompt_updated_at timestamptz;
comment on column system_settings.base_prompt_ru is 'Base instructions of bots that begin in Russian; empty for the built-in text.';
comment on column system_settings.base_prompt_en is 'Base instructions of all other bots; empty for the built-in text.';
comment on column system_settings.base_prompt_revision is 'Rises with every change of the base instructions; a form that was opened on an older one is refused.';
comment on column system_settings.base_prompt_updated_at is 'When they were changed last; null while they are built in.';

create table company_providers (
    company_id uuid        primary key references companies on delete cascade,
    value      jsonb       not null,
    updated_at timestamptz not null default now()
);
comment on table company_providers is 'Where a company''s language model and speech are. Never holds a key: keys are in the keyring.';
comment on column company_providers.company_id is 'The company.';
comment on column company_providers.value is 'Addresses and model (callboard_contract::ProvidersForm).';
comment on column company_providers.updated_at is 'When they were changed last.';

-- ---- Regression cases ----

create table sandbox_cases (
    company_id   uuid        not null,
    case_id      uuid        not null,
    skillbase_id uuid        not null,
    name         text        not null constraint sandbox_cases_name_length check (char_length(btrim(name)) between 1 and 255),
    mode         text        not null constraint sandbox_cases_mode_known check (mode in ('engine', 'llm')),
    session      jsonb       not null,
    expected     jsonb       not null,
    created_at   timestamptz not null default now(),
    primary key (company_id, case_id),
    foreign key (company_id, skillbase_id) references skillbases on delete cascade
);
create unique index sandbox_cases_name_key on sandbox_cases (company_id, skillbase_id, lower(btrim(name)));
comment on table sandbox_cases is 'Conversations of the sandbox that are played again against new versions.';
comment on column sandbox_cases.company_id is 'The company.';
comment on column sandbox_cases.case_id is 'Identifier, uuid version 7.';
comment on column sandbox_cases.skillbase_id is 'The skillbase.';
comment on column sandbox_cases.name is 'What it tries, unique in the skillbase.';
comment on column sandbox_cases.mode is 'engine: the scenario engine alone answered; llm: a language model did.';
comment on column sandbox_cases.session is 'What was said, and when it began.';
comment on column sandbox_cases.expected is 'How it went: states, fields, result.';
comment on column sandbox_cases.created_at is 'When it was kept.';

-- ---- Knowledge ----

create table knowledge_documents (
    company_id   uuid        not null references companies on delete cascade,
    document_id  uuid        not null,
    title        text        not null constraint knowledge_documents_title_length check (char_length(btrim(title)) between 1 and 500),
    source       text        not null constraint knowledge_documents_source_known check (source in ('text', 'markdown', 'pdf', 'docx')),
    content_hash text        not null,
    characters   integer     not null,
    chunk_count  integer     not null constraint knowledge_documents_chunk_count_positive check (chunk_count > 0),
    created_at   timestamptz not null default now(),
    primary key (company_id, document_id)
);
create unique index knowledge_documents_content_key on knowledge_documents (company_id, content_hash);
comment on table knowledge_documents is 'Documents that bots of a company may look things up in.';
comment on column knowledge_documents.company_id is 'The company.';
comment on column knowledge_documents.document_id is 'Identifier, uuid version 7.';
comment on column knowledge_documents.title is 'Shown title.';
comment on column knowledge_documents.source is 'text: plain text; markdown: Markdown; pdf: text of a PDF; docx: text of a Word document.';
comment on column knowledge_documents.content_hash is 'SHA-256 of the text: the same document is not added twice.';
comment on column knowledge_documents.characters is 'Characters of the text.';
comment on column knowledge_documents.chunk_count is 'Pieces of it.';
comment on column knowledge_documents.created_at is 'When it was added.';

create table knowledge_chunks (
    company_id  uuid     not null,
    document_id uuid     not null,
    chunk_index integer  not null,
    content     text     not null,
    words       tsvector generated always as (to_tsvector('russian', content) || to_tsvector('english', content)) stored,
    primary key (company_id, document_id, chunk_index),
    foreign key (company_id, document_id) references knowledge_documents on delete cascade
);
create index knowledge_chunks_words on knowledge_chunks using gin (words);
comment on table knowledge_chunks is 'Pieces of knowledge documents, about 500 characters each, cut at the ends of sentences, each beginning with the end of the one before.';
comment on column knowledge_chunks.company_id is 'The company.';
comment on column knowledge_chunks.document_id is 'The document.';
comment on column knowledge_chunks.chunk_index is 'Place in it, from 0.';
comment on column knowledge_chunks.content is 'The text.';
comment on column knowledge_chunks.words is 'Its words, reduced to their stems in Russian and in English.';
