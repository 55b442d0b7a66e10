--! breaking
-- Pieces go by another bus, or follow their passenger. Code of the release before cannot read that line of a history.
alter table luggage_event
  drop constraint luggage_event_move_check,
  add constraint luggage_event_move_check
    check (move in ('LOAD', 'UNLOAD', 'HAND_OVER', 'LOSE', 'FIND', 'CANCEL', 'REROUTE')),
  -- The trip that a piece was put on.
  add column trip_id uuid,
  add constraint luggage_event_trip check ((move = 'REROUTE') = (trip_id is not null));

-- A piece follows its passenger before the booking that takes the old one's place is written, in the same transaction.
alter table luggage_item alter constraint luggage_item_booking_id_position_fkey deferrable initially deferred;
