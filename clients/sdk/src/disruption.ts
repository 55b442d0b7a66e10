/** What the passenger of a cancelled trip may choose. A page loads it when somebody is asked: `tms.client(DisruptionService)`. */
export { ChooseTripRequest_Answer as ChoiceAnswer } from '../../../gen/tms/ticketing/v1/disruption_service_pb.ts'
export { DisruptionService } from '../../../gen/tms/ticketing/v1/disruption_service_pb.ts'
export {
  TripChoice_Decider as ChoiceDecider,
  TripChoice_State as ChoiceState,
  type TripChoice,
} from '../../../gen/tms/ticketing/v1/trip_choice_pb.ts'
