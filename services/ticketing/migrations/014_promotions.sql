-- Promotions and vouchers. How often something can be redeemed is a constraint on a count that triggers keep: whatever code
-- redeems, ends or revives a booking, nothing is redeemed more often than it may.
create table promotion (
  promotion_id uuid primary key,
  tenant_id uuid not null,
  name text not null,
  basis_points int check (basis_points between 1 and 10000),
  currency text,
  amount_minor bigint check (amount_minor > 0),
  valid_from timestamptz not null,
  valid_until timestamptz not null check (valid_until > valid_from),
  -- Null without limit.
  max_per_code int check (max_per_code > 0),
  max_per_person int check (max_per_person > 0),
  end_time timestamptz,
  create_time timestamptz not null,
  check ((basis_points is null) = (amount_minor is not null)),
  check ((amount_minor is null) = (currency is null))
);
create index promotion_newest on promotion (tenant_id, promotion_id desc);
select kit_protect('promotion');

create table promotion_code (
  code_id uuid primary key,
  tenant_id uuid not null,
  promotion_id uuid not null references promotion,
  code text not null,
  max_redemptions int,
  -- Kept only where there is a limit: sales by a public code do not wait for each other.
  redemption_count int not null default 0,
  constraint promotion_code_one_of_company unique (tenant_id, code),
  constraint promotion_code_within_limit check (redemption_count <= max_redemptions)
);
create index promotion_code_of_promotion on promotion_code (promotion_id, code);
select kit_protect('promotion_code');

create table promotion_person (
  promotion_id uuid not null references promotion,
  phone text not null,
  tenant_id uuid not null,
  max_redemptions int not null,
  redemption_count int not null,
  primary key (promotion_id, phone),
  constraint promotion_person_within_limit check (redemption_count <= max_redemptions)
);
select kit_protect('promotion_person');

create table promotion_redemption (
  booking_id uuid primary key references booking,
  tenant_id uuid not null,
  promotion_id uuid not null references promotion,
  code_id uuid not null references promotion_code,
  phone text not null,
  -- Whether its booking is held or paid, or was given up by the passenger after it was paid.
  live boolean not null
);
create index promotion_redemption_of_code on promotion_redemption (code_id) where live;
select kit_protect('promotion_redemption');

alter table booking add column promotion_code_id uuid references promotion_code;

create function count_redemption() returns trigger language plpgsql as $$
  declare
    step int := case when new.live then 1 else -1 end;
  begin
    update promotion_code set redemption_count = redemption_count + step
      where code_id = new.code_id and max_redemptions is not null;
    insert into promotion_person (promotion_id, phone, tenant_id, max_redemptions, redemption_count)
      select p.promotion_id, new.phone, p.tenant_id, p.max_per_person, step from promotion p
      where p.promotion_id = new.promotion_id and p.max_per_person is not null
      on conflict (promotion_id, phone) do update
        set redemption_count = promotion_person.redemption_count + excluded.redemption_count;
    return null;
  end $$;
create trigger promotion_redeemed after insert on promotion_redemption
  for each row when (new.live) execute function count_redemption();
create trigger promotion_moved after update on promotion_redemption
  for each row when (old.live is distinct from new.live) execute function count_redemption();

-- A hold that ends unpaid gives its code back, and takes it again when its payment comes late; a company that cancels gives
-- it back too, a passenger who cancels has used it.
create function follow_booking() returns trigger language plpgsql as $$
  begin
    update promotion_redemption set live = case new.state
        when 'EXPIRED' then false when 'RELEASED' then false
        when 'CANCELLED' then new.cancel_cause in ('PASSENGER', 'CHANGE')
        else true end
      where booking_id = new.booking_id;
    return null;
  end $$;
create trigger booking_redeems after update on booking
  for each row when (new.promotion_code_id is not null and old.state is distinct from new.state)
  execute function follow_booking();
