// One row of five stars a person. A tap or click on the left or right half of a star sets half
// stars, on the rating that is there already clears it; sliding along the row previews. Keys:
// arrows change by a half, 1 to 5 set, Delete or 0 clears.
//
// Every change goes into a log that only grows: Streamlit may merge two quick messages into one,
// and then the later log still holds both changes.
const STAR = "M12 2.6l2.9 5.9 6.5.95-4.7 4.6 1.1 6.5L12 17.5l-5.8 3.05 1.1-6.5-4.7-4.6 6.5-.95z"
const PATIENCE = 8000 // ms that a change outlives data that does not know it yet

function starSvg() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("viewBox", "0 0 24 24")
  for (const kind of ["empty", "full"]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
    path.setAttribute("d", STAR)
    path.setAttribute("class", kind)
    svg.append(path)
  }
  return svg
}

function words(stars) {
  return stars === null ? "not rated" : `${stars} stars`
}

function makeRow(board, id) {
  const row = document.createElement("div")
  row.className = "row"
  const name = document.createElement("span")
  name.className = "name"
  const stars = document.createElement("span")
  stars.className = "stars"
  stars.tabIndex = 0
  stars.setAttribute("role", "slider")
  stars.setAttribute("aria-valuemin", "0")
  stars.setAttribute("aria-valuemax", "5")
  for (let i = 0; i < 5; i++) {
    const star = document.createElement("span")
    star.className = "star"
    star.append(starSvg())
    stars.append(star)
  }
  const value = document.createElement("span")
  value.className = "value"
  row.append(name, stars, value)
  const entry = { id, row, name, stars, value, current: null, saved: null }

  const at = (event) => {
    const box = stars.getBoundingClientRect()
    const share = (event.clientX - box.left) / box.width
    return Math.min(5, Math.max(0.5, Math.ceil(share * 10) / 2))
  }
  let pressed = false
  let slid = false
  stars.addEventListener("pointerdown", (event) => {
    if (event.button) return
    pressed = true
    slid = false
    stars.dataset.from = event.clientX
    stars.setPointerCapture(event.pointerId)
  })
  stars.addEventListener("pointermove", (event) => {
    if (pressed && Math.abs(event.clientX - Number(stars.dataset.from)) > 6) slid = true
    if (pressed || event.pointerType === "mouse") draw(entry, at(event), true)
  })
  stars.addEventListener("pointerup", (event) => {
    if (!pressed) return
    pressed = false
    const chosen = at(event)
    board.set(entry, !slid && chosen === entry.current ? null : chosen)
  })
  const back = () => {
    pressed = false
    draw(entry, entry.current, false)
  }
  stars.addEventListener("pointercancel", back)
  stars.addEventListener("pointerleave", () => pressed || back())
  stars.addEventListener("keydown", (event) => {
    const now = entry.current
    let next
    if (event.key === "ArrowRight") next = Math.min(5, (now ?? 0) + 0.5)
    else if (event.key === "ArrowLeft") next = now === null || now <= 0.5 ? null : now - 0.5
    else if (/^[1-5]$/.test(event.key)) next = Number(event.key)
    else if (["0", "Delete", "Backspace"].includes(event.key)) next = null
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const to = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling
      to?.querySelector(".stars").focus()
      event.preventDefault()
      return
    } else return
    event.preventDefault()
    if (next !== now) board.set(entry, next)
  })
  return entry
}

function draw(entry, stars, preview) {
  const halves = Math.round((stars ?? 0) * 2)
  entry.row.classList.toggle("preview", preview && stars !== entry.current)
  entry.stars.querySelectorAll(".star").forEach((star, i) => {
    star.dataset.fill = Math.min(2, Math.max(0, halves - 2 * i))
  })
  entry.value.textContent = stars === null ? "–" : stars.toFixed(1)
  entry.value.classList.toggle("none", stars === null)
}

function show(entry, stars, busy = false) {
  entry.current = stars
  entry.stars.setAttribute("aria-busy", String(busy)) // true until the server has saved it
  entry.stars.setAttribute("aria-valuenow", String(stars ?? 0))
  entry.stars.setAttribute("aria-valuetext", words(stars))
  draw(entry, stars, false)
}

const boards = new WeakMap()

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".board")
  let board = boards.get(place)
  if (!board) {
    board = { entries: new Map(), pending: new Map(), log: [], seq: Date.now() }
    boards.set(place, board)
  }
  board.set = (entry, stars) => {
    const pending = { stars, until: Date.now() + PATIENCE }
    board.pending.set(entry.id, pending)
    show(entry, stars, true)
    setTimeout(() => {
      if (board.pending.get(entry.id) !== pending) return
      board.pending.delete(entry.id)
      show(entry, entry.saved)
    }, PATIENCE)
    board.log = [...board.log.slice(-99), [++board.seq, entry.id, stars]]
    setStateValue("log", board.log)
  }
  const ids = data.rows.map((row) => row.id)
  for (const id of [...board.entries.keys()]) {
    if (!ids.includes(id)) board.entries.delete(id)
  }
  for (const { id, name, stars } of data.rows) {
    if (!board.entries.has(id)) board.entries.set(id, makeRow(board, id))
    const entry = board.entries.get(id)
    entry.name.textContent = name
    entry.name.title = name
    entry.stars.dataset.member = id
    entry.stars.setAttribute("aria-label", `Stars from ${name}`)
    entry.saved = stars
    const pending = board.pending.get(id)
    if (pending && pending.stars !== stars && Date.now() < pending.until) continue
    board.pending.delete(id)
    show(entry, stars)
  }
  const rows = ids.map((id) => board.entries.get(id).row)
  if (rows.some((row, i) => place.children[i] !== row) || place.children.length !== rows.length) {
    place.replaceChildren(...rows)
  }
}
