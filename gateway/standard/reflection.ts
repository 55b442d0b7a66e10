import type { DescFile, DescService } from '@bufbuild/protobuf'
import { Code, type ConnectRouter } from '@connectrpc/connect'
import { ServerReflection, type ServerReflectionRequest } from '#gen/grpc/reflection/v1/reflection_pb.ts'
import {
  ServerReflection as ServerReflectionAlpha,
  type ServerReflectionRequest as ServerReflectionRequestAlpha,
} from '#gen/grpc/reflection/v1alpha/reflection_pb.ts'
import { encodedFiles, symbolsOf, type Symbols } from './symbols.ts'

/** v1 and v1alpha are the same messages under two names. */
type Request = ServerReflectionRequest | ServerReflectionRequestAlpha
type Question = Request['messageRequest']

/**
 * Serves `grpc.reflection`, so that `buf curl` and `grpcurl` can list and call the services without their proto files.
 *
 * Old tools ask for v1alpha.
 * Source: https://github.com/grpc/grpc/blob/master/doc/server-reflection.md
 */
export function reflectionRoutes(router: ConnectRouter, services: readonly DescService[]): void {
  const listed = [...services, ServerReflection, ServerReflectionAlpha]
  const symbols = symbolsOf(listed)
  const serverReflectionInfo = async function* (questions: AsyncIterable<Request>) {
    const sent = new Set<string>()
    for await (const { host, messageRequest } of questions) {
      const originalRequest = { host, messageRequest: plain(messageRequest) }
      yield { validHost: host, originalRequest, messageResponse: answerTo(messageRequest, symbols, listed, sent) }
    }
  }
  router.service(ServerReflection, { serverReflectionInfo })
  router.service(ServerReflectionAlpha, { serverReflectionInfo })
}

/** The question without the names of its messages, which differ between the versions. */
function plain(question: Question) {
  if (question.case !== 'fileContainingExtension') return question
  const { containingType, extensionNumber } = question.value
  return { case: question.case, value: { containingType, extensionNumber } }
}

function answerTo(question: Question, symbols: Symbols, services: readonly DescService[], sent: Set<string>) {
  switch (question.case) {
    case 'listServices': {
      const service = services.map(({ typeName }) => ({ name: typeName }))
      return { case: 'listServicesResponse' as const, value: { service } }
    }
    case 'fileByFilename':
      return filesOrNothing(symbols.byFilename(question.value), sent)
    case 'fileContainingSymbol':
      return filesOrNothing(symbols.bySymbol(question.value), sent)
    case 'fileContainingExtension':
      return filesOrNothing(symbols.byExtension(question.value.containingType, question.value.extensionNumber), sent)
    case 'allExtensionNumbersOfType': {
      const value = { baseTypeName: question.value, extensionNumber: symbols.extensionNumbers(question.value) }
      return { case: 'allExtensionNumbersResponse' as const, value }
    }
    case undefined:
      return refusal(Code.InvalidArgument, 'nothing was asked for')
  }
}

function filesOrNothing(file: DescFile | undefined, sent: Set<string>) {
  if (!file) return refusal(Code.NotFound, 'no such file or symbol')
  return { case: 'fileDescriptorResponse' as const, value: { fileDescriptorProto: encodedFiles(file, sent) } }
}

function refusal(errorCode: Code, errorMessage: string) {
  return { case: 'errorResponse' as const, value: { errorCode, errorMessage } }
}
