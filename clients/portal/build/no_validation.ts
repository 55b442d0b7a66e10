import { create, createFileRegistry } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'

/**
 * Stands for the rules of buf/validate in the bundle of the browser: 72 kB that only a server that validates needs. The
 * contracts name the file as a dependency, so that it is there, with nothing in it.
 */
const file = create(FileDescriptorProtoSchema, { name: 'buf/validate/validate.proto', syntax: 'proto2' })

export const file_buf_validate_validate = createFileRegistry(file, () => undefined).getFile(file.name)
