create table signing_key (
  -- RFC 7638 thumbprint.
  key_id text primary key,
  -- The `x` of the JWK.
  public_x text not null,
  -- AES-256-GCM under AUTH_KEY; erased when the key signs no more.
  sealed_private bytea,
  create_time timestamptz not null,
  sign_from_time timestamptz not null,
  sign_until_time timestamptz,
  verify_until_time timestamptz,
  check ((sign_until_time is null) = (verify_until_time is null)),
  check (sealed_private is not null or sign_until_time is not null)
);
-- One key at a time has no successor.
create unique index signing_key_one_newest on signing_key ((true)) where sign_until_time is null;

create table api_key (
  api_key_id uuid primary key,
  user_id uuid not null references users,
  -- unprotected: a key is its user's, like a session
  tenant_id uuid,
  name text not null,
  prefix text not null constraint api_key_prefix_unique unique,
  -- SHA-256: the secret has 256 random bits.
  secret_hash bytea not null,
  -- From this and AUTH_KEY the secret can be made again for a retry of the call that made the key; erased soon after.
  retry_salt bytea,
  scopes text[] not null,
  create_time timestamptz not null,
  expire_time timestamptz not null,
  use_time timestamptz,
  revoke_time timestamptz
);
create index api_key_user on api_key (user_id, api_key_id);
