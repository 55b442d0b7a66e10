-- Who may follow a trip: the holders of its tickets, as ticketing tells them. A ticket that was voided stays, so that one
-- that was held up on its way does not count again.
create table trip_follower (
  ticket_id uuid primary key,
  tenant_id uuid not null,
  trip_id uuid not null,
  -- Null for a ticket of which only the end is known.
  user_id uuid,
  voided boolean not null
);
create index trip_follower_user on trip_follower (user_id) where not voided;
select kit_protect('trip_follower');
