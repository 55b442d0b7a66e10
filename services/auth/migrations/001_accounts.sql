-- None of these tables is a tenant's: one person has one account, rides with every company and may work for several.
-- So no row-level security; every query names the user, the session or the contact that it is about.

create table users (
  user_id uuid primary key,
  kind text not null check (kind in ('PERSON', 'GUEST')),
  display_name text not null default '',
  phone text constraint users_phone_unique unique check (phone ~ '^\+[1-9][0-9]{7,14}$'),
  phone_verify_time timestamptz,
  email text constraint users_email_unique unique check (email = lower(email)),
  email_verify_time timestamptz,
  language text not null check (language in ('en', 'rw', 'fr', 'sw')),
  -- argon2id; null for guests, and for those who only ever sign in by code.
  password_hash text,
  create_time timestamptz not null,
  update_time timestamptz not null,
  check (phone is not null or phone_verify_time is null),
  check (email is not null or email_verify_time is null)
);

-- Sign-ups whose code has not come back: no account yet, so nobody can squat on a stranger's phone number.
create table sign_up (
  sign_up_id uuid primary key,
  contact_kind text not null check (contact_kind in ('PHONE', 'EMAIL')),
  contact text not null,
  password_hash text not null,
  display_name text not null,
  language text not null,
  create_time timestamptz not null,
  expire_time timestamptz not null
);
create index sign_up_contact on sign_up (contact);
create index sign_up_expire_time on sign_up (expire_time);

create table one_time_code (
  code_id uuid primary key,
  contact text not null,
  purpose text not null check (purpose in ('SIGN_UP', 'LOG_IN', 'VERIFY_CONTACT', 'RESET_PASSWORD')),
  -- Keyed hash: a stolen table does not give away a million codes.
  code_hash bytea not null,
  attempts int not null default 0,
  create_time timestamptz not null,
  expire_time timestamptz not null,
  use_time timestamptz
);
-- The newest code of a contact is the one that counts.
create index one_time_code_contact on one_time_code (contact, create_time desc);
create index one_time_code_create_time on one_time_code (create_time);

-- Failed attempts by a keyed hash of the account's contact, or of the address that they came from: whether there is
-- such an account makes no difference.
create table attempt (
  attempt_key bytea primary key,
  failures int not null,
  forget_from_time timestamptz not null,
  next_time timestamptz not null
);
create index attempt_forget_from_time on attempt (forget_from_time);

create table session (
  session_id uuid primary key,
  user_id uuid not null references users,
  -- The company that the session acts for.
  -- unprotected: a session is its user's, who may let it act for another company
  tenant_id uuid,
  device_name text not null default '',
  create_time timestamptz not null,
  refresh_time timestamptz not null,
  expire_time timestamptz not null,
  end_time timestamptz,
  end_reason text check (end_reason in
    ('LOGGED_OUT', 'TOKEN_REUSED', 'PASSWORD_CHANGED', 'ROLE_REVOKED', 'TENANT_SUSPENDED')),
  check ((end_time is null) = (end_reason is null))
);
create index session_of_user on session (user_id, session_id) where end_time is null;
create index session_of_tenant on session (tenant_id) where end_time is null;
create index session_expire_time on session (expire_time);

-- The chain of refresh tokens of a session, its family.
create table refresh_token (
  -- SHA-256: the token itself has 256 random bits and is kept by its holder alone.
  token_hash bytea primary key,
  session_id uuid not null references session on delete cascade,
  create_time timestamptz not null,
  use_time timestamptz,
  -- From the token, this salt and AUTH_KEY the successor can be made again, in the leeway.
  successor_salt bytea,
  successor_hash bytea,
  check ((use_time is null) = (successor_salt is null) and (use_time is null) = (successor_hash is null))
);
create index refresh_token_session on refresh_token (session_id);
-- A chain never forks.
create unique index refresh_token_one_newest on refresh_token (session_id) where use_time is null;
