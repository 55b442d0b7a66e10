import type { Answer } from '../net/router.ts'
import type { Attachment, Mail } from '../world/mailboxes.ts'
import { formatTime } from './format.ts'
import { html, type Html, linked } from './html.ts'

/** A mailbox has no country; it is shown on the clock of the demo network. */
const RWANDA = '250'

/** A mailbox: its mails, newest first, each as text and, if it has one, as its HTML in a sandboxed frame. */
export function mailboxPage(address: string, mails: readonly Mail[]): Html {
  return html`
    <div class="mailbox-page" id="mailbox" data-live>
      <h1>${address}</h1>
      ${mails.length === 0 && html`<p class="empty">No mail yet.</p>`} ${mails.map(mailCard)}
    </div>
  `
}

function mailCard(mail: Mail): Html {
  return html`<article class="card mail-card">
    <header>
      <h2>${mail.subject || '(no subject)'}</h2>
      <p class="faint">${mail.from} · ${formatTime(mail.receiveTime, RWANDA)}</p>
    </header>
    ${
      mail.html
        ? html`<iframe
            src="/mails/${mail.id}/html"
            title="Mail: ${mail.subject}"
            sandbox="allow-popups"
            loading="lazy"
          ></iframe>`
        : html`<p class="sms">${linked(mail.text)}</p>`
    }
    ${
      mail.html !== '' &&
      mail.text !== '' &&
      html`<details>
        <summary>As plain text</summary>
        <p class="sms">${linked(mail.text)}</p>
      </details>`
    }
    ${attachmentList(mail)}
  </article>`
}

function attachmentList(mail: Mail): Html | false {
  if (mail.attachments.length === 0) return false
  return html`<ul class="attachments">
    ${mail.attachments.map(
      (part, i) =>
        html`<li>
          <a href="/mails/${mail.id}/attachments/${i}" download="${part.filename}">${part.filename}</a>
          <small>${part.mimeType}, ${part.content.length.toLocaleString('en-GB')} bytes</small>
        </li>`,
    )}
  </ul>`
}

/** The HTML of a mail is foreign: no script, nothing from elsewhere, an origin of its own. */
const FOREIGN =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/** For mails that bring no style of their own. */
const PLAIN_STYLE = '<style>body{font:16px/1.5 system-ui,sans-serif;margin:16px}</style>'

export function mailHtml(mail: Mail): Answer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': FOREIGN,
    'x-content-type-options': 'nosniff',
  }
  // Links must leave the frame; pictures that came along are put where they are shown.
  const body = `<base target="_blank">${PLAIN_STYLE}${withPictures(mail)}`
  return { status: 200, headers, body }
}

function withPictures(mail: Mail): string {
  return mail.html.replace(/\bcid:([^"'\s)>]+)/g, (whole, contentId: string) => {
    const part = mail.attachments.find((attachment) => attachment.contentId === contentId)
    return part && /^image\/[\w.+-]+$/.test(part.mimeType) ? dataUrl(part) : whole
  })
}

const dataUrl = (part: Attachment) => `data:${part.mimeType};base64,${part.content.toString('base64')}`

export function attachmentAnswer(part: Attachment): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    },
    body: part.content,
  }
}
