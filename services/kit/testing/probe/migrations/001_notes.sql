create table note (
  note_id uuid primary key,
  tenant_id uuid not null,
  writer_id uuid,
  text text not null,
  serial bigint generated always as identity
);
select kit_protect('note', 'writer_id');

create table heard (
  note_id uuid not null,
  tenant_id uuid not null,
  text text not null
);
select kit_protect('heard');

create table ledger (entry text not null);
select kit_append_only('ledger');
