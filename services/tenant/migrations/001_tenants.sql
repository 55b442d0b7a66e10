create table tenant (
  tenant_id uuid primary key,
  -- Unique for ever: links to a company that is gone must not lead to another one.
  slug text not null constraint tenant_slug_unique unique,
  name text not null,
  country text not null,
  state text not null check (state in ('ACTIVE', 'SUSPENDED', 'DELETED')),
  suspend_reason text not null default '',
  currency text not null check (currency in ('RWF', 'KES', 'UGX', 'TZS')),
  time_zone text not null,
  languages text[] not null check (cardinality(languages) > 0),
  revision bigint not null,
  create_time timestamptz not null,
  update_time timestamptz not null,
  check ((state = 'ACTIVE') = (suspend_reason = ''))
);
-- A company is a row of its own: its people see this one and no other.
select kit_protect('tenant');

-- One row for each role of each person, kept when it is taken back. What is recorded here is told to auth next; `state`
-- says how far that got.
create table member (
  tenant_id uuid not null references tenant,
  user_id uuid not null,
  role text not null check (role in ('manager', 'agent', 'driver')),
  state text not null check (state in ('GRANTING', 'ACTIVE', 'REVOKING', 'REMOVED')),
  -- Counts the changes, so that auth can tell the newest from one that was held up on its way.
  revision bigint not null,
  join_time timestamptz not null,
  -- When the change that auth has to be told of was made.
  change_time timestamptz not null,
  primary key (tenant_id, user_id, role)
);
create index member_unsettled on member (change_time) where state in ('GRANTING', 'REVOKING');
select kit_protect('member');

create table invitation (
  invitation_id uuid primary key,
  tenant_id uuid not null references tenant,
  phone text,
  email text,
  role text not null check (role in ('manager', 'agent', 'driver')),
  -- SHA-256: the token has 256 random bits, and only the invited person has it.
  token_hash bytea not null constraint invitation_token_unique unique,
  create_time timestamptz not null,
  expire_time timestamptz not null,
  accept_time timestamptz,
  accept_user_id uuid,
  revoke_time timestamptz,
  check ((phone is null) <> (email is null)),
  check ((accept_time is null) = (accept_user_id is null)),
  check (accept_time is null or revoke_time is null)
);
create index invitation_of_tenant on invitation (tenant_id, invitation_id);
create index invitation_of_phone on invitation (phone) where accept_time is null and revoke_time is null;
create index invitation_of_email on invitation (email) where accept_time is null and revoke_time is null;
select kit_protect('invitation');

-- Flags that were set; the others have their default.
create table feature_flag (
  tenant_id uuid not null references tenant,
  flag text not null,
  enabled boolean not null,
  update_time timestamptz not null,
  primary key (tenant_id, flag)
);
select kit_protect('feature_flag');
