// One row of five stars a person. Every change goes into a log that only grows: Streamlit may merge
// two quick messages into one, and then the later log still holds both changes.
const PATIENCE = 8000 // ms that a change outlives data that does not know it yet

function halves(stars) {
  return `${Math.floor(stars) || ""}${stars % 1 ? "½" : ""}`
}

function makeRow(board, id, name) {
  const row = document.createElement("div")
  row.className = "row"
  const label = document.createElement("span")
  label.className = "name"
  label.textContent = name
  label.title = name
  const value = document.createElement("span")
  value.className = "value"
  const entry = { row, name, current: null, saved: null }
  const set = (stars) => board.set(id, entry, stars)
  const stars = starRow(`Stars from ${name}`, set, (drawn) => {
    value.textContent = drawn === null ? "–" : halves(drawn)
    value.classList.toggle("none", drawn === null)
  })
  stars.node.dataset.member = id
  entry.show = stars.show
  stars.node.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
    const to = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling
    to?.querySelector(".stars").focus()
    event.preventDefault()
  })
  row.append(label, stars.node, value)
  return entry
}

const boards = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".board")
  let board = boards.get(place)
  if (!board) {
    board = { entries: new Map(), pending: new Map(), log: [], seq: Date.now() }
    boards.set(place, board)
  }
  board.set = (id, entry, stars) => {
    const pending = { stars, until: Date.now() + PATIENCE }
    board.pending.set(id, pending)
    entry.show(stars, true)
    setTimeout(() => {
      if (board.pending.get(id) !== pending) return
      board.pending.delete(id)
      entry.show(entry.saved)
    }, PATIENCE)
    board.log = [...board.log.slice(-99), [++board.seq, id, stars]]
    setStateValue("log", board.log)
  }
  const ids = data.rows.map((row) => row.id)
  for (const id of [...board.entries.keys()]) {
    if (!ids.includes(id)) board.entries.delete(id)
  }
  for (const { id, name, stars } of data.rows) {
    if (board.entries.get(id)?.name !== name) board.entries.set(id, makeRow(board, id, name))
    const entry = board.entries.get(id)
    entry.saved = stars
    const pending = board.pending.get(id)
    if (pending && pending.stars !== stars && Date.now() < pending.until) continue
    board.pending.delete(id)
    entry.show(stars)
  }
  const rows = ids.map((id) => board.entries.get(id).row)
  if (rows.some((row, i) => place.children[i] !== row) || place.children.length !== rows.length) {
    place.replaceChildren(...rows)
  }
}
