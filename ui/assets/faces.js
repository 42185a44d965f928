// People's faces in a row: pictures of people, or buttons that put them on and off. Every tap goes
// into a log that only grows, and stays on the screen until data come that know of it.
function circle({ name, initial, colour }) {
  const face = document.createElement("span")
  face.className = "face"
  face.style.setProperty("--face", colour)
  face.textContent = initial
  face.title = name
  return face
}

function picture(person) {
  const face = circle(person)
  face.setAttribute("role", "img")
  face.setAttribute("aria-label", person.name)
  return face
}

function words(text) {
  const note = document.createElement("span")
  note.className = "note"
  note.textContent = text
  return note
}

function ranked({ faces, note }) {
  const line = document.createElement("div")
  line.className = "line"
  line.append(...faces.map(picture), words(note))
  return line
}

const rows = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".faces")
  if (data.rows) return place.replaceChildren(...data.rows.map(ranked))
  if (!rows.has(place)) rows.set(place, { log: [], seq: Date.now(), pending: new Map() })
  const row = rows.get(place)
  const focused = place.getRootNode().activeElement?.dataset.member
  for (const [member, tap] of row.pending) if (tap.seq <= data.seen) row.pending.delete(member)

  const button = (person) => {
    const node = document.createElement("button")
    const on = row.pending.get(person.member)?.on ?? person.on
    node.type = "button"
    node.className = data.named ? "person named" : "person"
    node.dataset.member = person.member
    node.title = person.name
    node.style.setProperty("--face", person.colour)
    node.setAttribute("aria-pressed", String(on))
    node.setAttribute("aria-label", person.name)
    node.append(circle(person))
    if (data.named) node.append(person.name)
    node.addEventListener("click", () => {
      const now = node.getAttribute("aria-pressed") !== "true"
      node.setAttribute("aria-pressed", String(now))
      row.pending.set(person.member, { on: now, seq: ++row.seq })
      row.log = [...row.log.slice(-99), [row.seq, person.member, now]]
      setStateValue("log", row.log)
    })
    return node
  }
  const nodes = data.faces.map((person) => (data.label ? button(person) : picture(person)))
  if (data.label) {
    place.setAttribute("role", "group")
    place.setAttribute("aria-label", data.label)
  }
  if (data.note) nodes.push(words(data.note))
  place.replaceChildren(...nodes)
  if (focused) place.querySelector(`[data-member="${focused}"]`)?.focus({ preventScroll: true })
}
