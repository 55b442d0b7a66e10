-- Keys belong to the platform. Their secrets are sealed (keys/seal.ts); a retired key's secret is gone.
create table signing_key (
  key_id text primary key check (key_id ~ '^[0-9a-f]{8}$'),
  algorithm text not null check (algorithm in ('HMAC_SHA256', 'ED25519')),
  state text not null check (state in ('SIGNING', 'VERIFYING', 'RETIRED')),
  sealed_secret bytea,
  public_key bytea,
  create_time timestamptz not null,
  rotate_time timestamptz,
  retire_time timestamptz,
  check ((sealed_secret is null) = (state = 'RETIRED')),
  check ((public_key is null) = (algorithm = 'HMAC_SHA256')),
  check ((rotate_time is null) = (state = 'SIGNING')),
  check ((retire_time is null) = (state <> 'RETIRED'))
);
-- One key of each kind signs.
create unique index signing_key_signs on signing_key (algorithm) where state = 'SIGNING';

-- The one code of each ticket.
create table signed_ticket (
  ticket_id uuid primary key,
  tenant_id uuid not null,
  code text not null,
  mac_key_id text not null references signing_key,
  signature_key_id text not null references signing_key,
  expire_time timestamptz not null,
  create_time timestamptz not null
);
select kit_protect('signed_ticket');
select kit_append_only('signed_ticket');
-- Whether tickets of a key are still good, before it is retired.
create index signed_ticket_mac_key on signed_ticket (mac_key_id, expire_time);
create index signed_ticket_signature_key on signed_ticket (signature_key_id, expire_time);

-- The last revocation of each company. The row is locked while one is added, so that versions come out in order: a device
-- that has seen version 7 will never miss a 6 that committed later.
create table revocation_version (
  tenant_id uuid primary key,
  version bigint not null check (version >= 0)
);
select kit_protect('revocation_version');

create table revocation (
  ticket_id uuid primary key,
  tenant_id uuid not null,
  version bigint not null check (version > 0),
  reason text not null,
  revoke_time timestamptz not null,
  unique (tenant_id, version)
);
select kit_protect('revocation');
select kit_append_only('revocation');

-- Tickets that somebody boarded with; ticketing decides that, this is a copy.
create table boarding (
  ticket_id uuid primary key,
  tenant_id uuid not null,
  trip_id uuid not null,
  board_time timestamptz not null
);
select kit_protect('boarding');
select kit_append_only('boarding');
