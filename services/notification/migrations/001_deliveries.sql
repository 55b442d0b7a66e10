-- One message to one recipient. It waits here to be sent, and stays as the record of what became of it.
create table delivery (
  delivery_id uuid primary key,
  -- Null for messages of the platform, such as one-time codes.
  tenant_id uuid,
  -- The event that caused it, or the idempotency key of a resend.
  event_id uuid not null,
  template text not null,
  channel text not null check (channel in ('SMS', 'EMAIL')),
  -- Null once it is forgotten.
  recipient text,
  masked_recipient text not null,
  language text not null,
  reference text not null,
  state text not null check (state in ('QUEUED', 'SENDING', 'SENT', 'DELIVERED', 'FAILED', 'UNKNOWN')),
  priority smallint not null,
  subject text not null,
  -- What is sent; null once it is forgotten. A text with a secret is replaced by `redacted_body` after sending.
  body text,
  redacted_body text,
  html text,
  pictures jsonb,
  attempt_count int not null default 0,
  -- Null when nothing more is sent by itself.
  next_attempt_time timestamptz,
  claim_time timestamptz,
  -- From then on the message is of no use.
  expire_time timestamptz not null,
  -- After how long a message of unknown fate is sent a second time; null for never.
  repeat_after_seconds int,
  is_repeat boolean not null default false,
  provider_message_id text,
  failure_reason text not null default '',
  create_time timestamptz not null,
  send_time timestamptz,
  deliver_time timestamptz,
  resend_of_delivery_id uuid references delivery,
  -- Each event tells each recipient each thing once on each channel, whatever happens to its consumer.
  constraint delivery_once unique (event_id, recipient, channel, template),
  check (state <> 'QUEUED' or next_attempt_time is not null),
  check (state in ('QUEUED', 'UNKNOWN') or next_attempt_time is null),
  check ((state = 'DELIVERED') = (deliver_time is not null))
);
select kit_protect('delivery');
-- What a sender claims next.
create index delivery_due on delivery (channel, priority, next_attempt_time) where next_attempt_time is not null;
-- Claims whose sender died.
create index delivery_claimed on delivery (claim_time) where state = 'SENDING';
create index delivery_message on delivery (provider_message_id) where provider_message_id is not null;
create index delivery_unknown on delivery (recipient) where state = 'UNKNOWN';
create index delivery_of_tenant on delivery (tenant_id, delivery_id);
create index delivery_reference on delivery (reference, tenant_id) where reference <> '';
create index delivery_remembered on delivery (create_time) where recipient is not null;

-- Delivery reports that came before we knew the message by the provider's id; applied and removed by a job.
create table early_report (
  provider_message_id text primary key,
  recipient text not null,
  is_delivered boolean not null,
  reason text not null,
  receive_time timestamptz not null
);
