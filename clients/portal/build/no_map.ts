/** Stands for the map in the build for the server, which draws none. */
export default function NoMap(): never {
  throw new Error('a server draws no map')
}
