import { useMemo } from 'react'
import { qrOf } from '../../format/qr.ts'

/** Light modules around the code, as the standard asks (ISO/IEC 18004). */
const QUIET = 4

/** A QR code, drawn here: it needs no network, and stays black on white in the dark. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { path, size } = useMemo(() => drawn(text), [text])
  const side = size + 2 * QUIET
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`}
      shapeRendering="crispEdges"
      className="w-full max-w-72 rounded-control"
    >
      <rect x={-QUIET} y={-QUIET} width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function drawn(text: string): { readonly path: string; readonly size: number } {
  const code = qrOf(text)
  const all = Array.from({ length: code.size ** 2 }, (_, at) => [at % code.size, Math.floor(at / code.size)] as const)
  const path = all.map(([x, y]) => (code.get(x, y) ? `M${x} ${y}h1v1h-1z` : '')).join('')
  return { path, size: code.size }
}
