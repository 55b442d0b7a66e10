-- What every service's schema has before its own first migration. Run as the schema's owner.

-- Whether the running transaction may see a row: the kit sets app.scope, app.tenant and app.user for each one.
create function row_visible(tenant uuid, owner uuid default null) returns boolean
  language sql stable parallel safe as $$
    select case current_setting('app.scope', true)
      when 'system' then true
      when 'tenant' then tenant = nullif(current_setting('app.tenant', true), '')::uuid
      when 'own' then owner = nullif(current_setting('app.user', true), '')::uuid
      else false
    end
  $$;

-- Row-level security for a table with tenant_id; `owner_column` holds the user that a row belongs to.
create function kit_protect(table_name text, owner_column text default null) returns void
  language plpgsql as $$
  declare
    rule text := format('row_visible(tenant_id, %s)', coalesce(quote_ident(owner_column), 'null'));
  begin
    execute format('alter table %I enable row level security', table_name);
    -- Owners are bound as well: nothing reads past it but a superuser.
    execute format('alter table %I force row level security', table_name);
    execute format('create policy kit_row_visible on %I using (%s) with check (%s)', table_name, rule, rule);
  end $$;

create function kit_refuse_change() returns trigger
  language plpgsql as $$
  begin
    raise exception '% is append-only: write a correcting row instead', tg_table_name
      using errcode = 'restrict_violation';
  end $$;

-- Rows of the table are written once: neither the service's role nor the owner can change or delete them.
create function kit_append_only(table_name text) returns void
  language plpgsql as $$
  begin
    execute format('revoke update, delete, truncate on %I from %I', table_name, 'tms_' || current_schema());
    execute format(
      'create trigger kit_append_only before update or delete or truncate on %I
         for each statement execute function kit_refuse_change()', table_name);
  end $$;

-- Events, written in the transaction that makes them true; kept for a week after they were published, so that a
-- wiped JetStream can be filled again.
create table outbox (
  event_id uuid primary key,
  subject text not null,
  envelope bytea not null,
  create_time timestamptz not null default now(),
  publish_time timestamptz
);
create index outbox_waiting on outbox (create_time) where publish_time is null;
create index outbox_create_time on outbox (create_time);

-- Events that a consumer has handled, written in the transaction with what they caused.
create table inbox (
  consumer text not null,
  event_id uuid not null,
  handle_time timestamptz not null default now(),
  primary key (consumer, event_id)
);
create index inbox_handle_time on inbox (handle_time);

-- Events that a consumer could not handle, after its last attempt.
create table dead_letter (
  consumer text not null,
  event_id uuid not null,
  subject text not null,
  envelope bytea not null,
  error text not null,
  attempts int not null,
  fail_time timestamptz not null default now(),
  state text not null default 'DEAD' check (state in ('DEAD', 'REPLAY', 'REPLAYED')),
  primary key (consumer, event_id)
);

-- First results of calls that carry an idempotency key.
create table idempotency (
  method text not null,
  caller text not null,
  key text not null,
  fingerprint bytea not null,
  response bytea,
  create_time timestamptz not null default now(),
  primary key (method, caller, key)
);
create index idempotency_create_time on idempotency (create_time);

-- When the JetStream stream of this service was created: another time there means that it was wiped.
create table stream_epoch (
  stream text primary key,
  created text not null
);
