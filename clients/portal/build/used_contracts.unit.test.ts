import { FileDescriptorProtoSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt'
import { clone } from '@bufbuild/protobuf'
import { expect, test } from 'vitest'
import { file_tms_auth_v1_auth_service } from '../../../gen/tms/auth/v1/auth_service_pb.ts'
import { file_tms_auth_v1_grant } from '../../../gen/tms/auth/v1/grant_pb.ts'
import { file_tms_auth_v1_session } from '../../../gen/tms/auth/v1/session_pb.ts'
import { namesInCode } from './named.ts'
import { UsedContracts } from './used_contracts.ts'

const copyOf = ({ proto }: { proto: FileDescriptorProto }) => clone(FileDescriptorProtoSchema, proto)
const service = () => copyOf(file_tms_auth_v1_auth_service)
const files = () => [service(), copyOf(file_tms_auth_v1_grant), copyOf(file_tms_auth_v1_session)]

test('of the contracts stays what code names: its methods, their messages and the files of those; the rest keeps its place, empty', () => {
  const used = new UsedContracts(files(), new Set(['AuthService', 'logIn']))
  const auth = service()
  const isNeeded = used.prune(auth)
  expect(auth.service.flatMap(({ method }) => method.map(({ name }) => name))).toEqual(['LogIn'])
  expect(isNeeded('file_tms_auth_v1_session')).toBe(true)
  expect(isNeeded('file_tms_auth_v1_grant')).toBe(false)
  expect(isNeeded('file_google_protobuf_timestamp')).toBe(true)

  const [grant, session] = [copyOf(file_tms_auth_v1_grant), copyOf(file_tms_auth_v1_session)]
  used.prune(grant)
  used.prune(session)
  expect(grant.messageType.map(({ name }) => name)).toEqual(
    file_tms_auth_v1_grant.proto.messageType.map(({ name }) => name),
  )
  expect(grant.messageType.every(({ field }) => field.length === 0)).toBe(true)
  const fieldsOf = (file: FileDescriptorProto, name: string) =>
    file.messageType.find((one) => one.name === name)?.field.length
  expect(fieldsOf(session, 'LogInRequest')).toBe(fieldsOf(file_tms_auth_v1_session.proto, 'LogInRequest'))
})

test('a message whose schema is named stays whole, and so does what the portal and its part of the SDK name', () => {
  const used = new UsedContracts(files(), new Set(['LogInRequestSchema']))
  const session = copyOf(file_tms_auth_v1_session)
  used.prune(session)
  const whole = session.messageType.filter(({ field }) => field.length > 0).map(({ name }) => name)
  expect(whole).toContain('LogInRequest')
  expect(whole).not.toContain('LogOutRequest')
  const names = namesInCode()
  expect(['getSeatMap', 'BookingSchema', 'chooseTrip', 'logIn'].filter((name) => !names.has(name))).toEqual([])
  expect(['grantRole', 'setFares', 'syncSales'].filter((name) => names.has(name))).toEqual([])
})
