// Movies as tiles. A tile is one link, or one button where the page wants the tap; beside it there
// may be one action, or stars. Stars go into a log that only grows, and stay on the screen until
// data come that know of them.
const FACE = 30 // px that a face on the axis takes, with its ring

function picture(address, old) {
  const kept = old?.querySelector(".picture")
  if (kept?.getAttribute("src") === address) return kept
  const image = element(address ? "img" : "span", "picture")
  if (address) image.src = address
  if (address) image.alt = ""
  return image
}

function strip(people) {
  const node = element("span", "strip")
  for (const { name, initial, colour, text, given } of people) {
    const dot = element("span", "dot")
    dot.style.setProperty("--face", colour)
    dot.title = given ? `${name} gave ${text}` : `${name}: perhaps ${text}`
    dot.append(element("i", "", initial), given ? `${text}★` : text)
    node.append(dot)
  }
  return node
}

// Faces stand where their stars are, and on top of one another where they would meet.
function stack(axis) {
  const width = axis.clientWidth
  if (!width) return
  const levels = []
  for (const face of axis.querySelectorAll(".face")) {
    const x = Number(face.dataset.at) * width
    let level = levels.findIndex((last) => x - last >= FACE)
    if (level < 0) level = levels.length
    levels[level] = x
    face.style.left = `${x}px`
    face.style.bottom = `${24 + level * (FACE + 1)}px`
  }
  axis.style.height = `${28 + levels.length * (FACE + 1)}px`
}

function axisOf(people) {
  const axis = element("div", "axis")
  axis.setAttribute("aria-hidden", "true") // the link's label says it
  const at = (stars) => (stars - 0.5) / 4.5
  for (let stars = 1; stars <= 5; stars++) {
    const tick = element("span", "tick", `${stars}★`)
    tick.style.left = `${100 * at(stars)}%`
    axis.append(tick)
  }
  for (const { name, initial, colour, value, text, given } of [...people].sort((a, b) => a.value - b.value)) {
    const face = element("span", given ? "face given" : "face", initial)
    face.style.setProperty("--face", colour)
    face.dataset.at = at(Math.min(5, Math.max(0.5, value)))
    face.title = given ? `${name} gave ${text}` : `${name}: perhaps ${text}`
    axis.append(face)
  }
  new ResizeObserver(() => stack(axis)).observe(axis)
  return axis
}

function linkOf(tile, tappable, choose) {
  const kind = tile.link ? "a" : tappable ? "button" : "div"
  const link = element(kind, kind === "div" ? "words-only link" : "link")
  link.setAttribute("aria-label", tile.label)
  if (kind === "div") {
    link.setAttribute("role", "group")
    return link
  }
  link.title = tile.title
  if (tile.link) link.href = tile.link
  else {
    link.type = "button"
    link.setAttribute("aria-pressed", String(tile.chosen))
  }
  link.addEventListener("click", (event) => {
    if (tile.link) {
      // With a key held down the browser opens a tab of its own.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
      event.preventDefault()
      document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0)
    }
    choose(tile.id)
  })
  return link
}

function draw(tile, size, list, old) {
  const node = element("div", "tile")
  node.classList.toggle("dimmed", tile.dimmed)
  node.classList.toggle("chosen", tile.chosen)
  node.dataset.movie = tile.id
  const link = linkOf(tile, list.tappable, list.choose)
  const pictured = element("span", "pictured")
  pictured.append(picture(tile.picture, old))
  const words = element("span", "words")
  words.append(element(size === "L" ? "h1" : "span", "title", tile.title))
  if (tile.meta) words.append(element("span", "meta", tile.meta))
  link.append(pictured, words)
  const note = tile.note && element("span", "note", tile.note)
  const number = tile.group && element("span", "number", tile.group[0])
  const side = element("div", "side")
  node.append(link)
  if (size === "L") {
    if (number) {
      const score = element("span", "score")
      const [, low, high] = tile.group
      score.append(number, element("span", "usual", `★ usually between ${low} and ${high}`))
      words.append(score)
    }
    if (tile.people.length) node.append(axisOf(tile.people))
    if (note) node.append(note)
  } else {
    if (tile.people.length) words.append(strip(tile.people))
    if (note) words.append(note)
    if (number) (size === "S" ? side : words).append(number)
  }
  let stars = null
  if (tile.rated !== "none") {
    stars = starRow(`Your stars for ${tile.title}`, (value) => list.rate(tile.id, value))
    side.append(stars.node)
  }
  if (tile.action) {
    const action = element("button", "action", tile.action)
    action.type = "button"
    action.setAttribute("aria-label", `${tile.action}: ${tile.title}`)
    action.addEventListener("click", () => list.act(tile.id))
    side.append(action)
  }
  if (side.childNodes.length) node.append(side)
  return { node, stars }
}

const lists = new WeakMap()

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const place = parentElement.querySelector(".tiles")
  const { host } = parentElement
  if (!lists.has(place)) {
    const box = element("div", "list")
    place.append(box)
    lists.set(place, { box, drawn: new Map(), pending: new Map(), log: [], seq: Date.now() })
    // A dialog does not see the button that it was opened with, only the host of this shadow.
    host.addEventListener("focusin", ({ currentTarget }) => {
      if (!currentTarget.hasAttribute("tabindex")) return
      currentTarget.removeAttribute("tabindex")
      const button = `[data-movie="${lists.get(place).acted}"] .action`
      if (!parentElement.activeElement) place.querySelector(button)?.focus({ preventScroll: true })
    })
  }
  const list = lists.get(place)
  list.tappable = data.tappable
  list.choose = (movie) => setTriggerValue("chosen", movie)
  list.act = (movie) => {
    list.acted = movie
    host.tabIndex = -1 // if a dialog opens, it will give the focus back to this: see above
    setTriggerValue("action", movie)
  }
  list.rate = (movie, stars) => {
    list.pending.set(movie, { stars, seq: ++list.seq })
    list.drawn.get(movie).stars.show(stars, true)
    list.log = [...list.log.slice(-99), [list.seq, movie, stars]]
    setStateValue("log", list.log)
  }
  for (const [movie, tap] of list.pending) if (tap.seq <= data.seen) list.pending.delete(movie)

  const active = parentElement.activeElement
  const focus = active && [active.closest(".tile")?.dataset.movie, active.classList[0]]
  const drawn = new Map()
  for (const tile of data.tiles) {
    const said = JSON.stringify([data.size, { ...tile, rated: tile.rated === "none" }])
    const old = list.drawn.get(tile.id)
    const now = old?.said === said ? old : { said, ...draw(tile, data.size, list, old?.node) }
    if (now.stars) {
      const tap = list.pending.get(tile.id)
      now.stars.show(tap ? tap.stars : tile.rated, Boolean(tap))
    }
    // In its place, so that nothing is scrolled.
    if (old && old !== now) old.node.replaceWith(now.node)
    drawn.set(tile.id, now)
  }
  list.drawn = drawn
  list.box.className = `list ${data.size}`
  const nodes = [...drawn.values()].map((one) => one.node)
  const { children } = list.box
  if (children.length !== nodes.length || nodes.some((node, i) => children[i] !== node)) {
    list.box.replaceChildren(...nodes)
  }
  // The room that was kept free for the tile (page.css) is that of a large club.
  if (data.size === "L" && data.tiles[0]?.people.length < 6) {
    host.closest(".stElementContainer")?.style.setProperty("min-height", "0")
  }
  if (data.focus) focusIfLost(place.querySelector(".title"))
  else if (host.hasAttribute("tabindex")) focusIfLost(host)
  if (focus && !place.contains(parentElement.activeElement)) {
    place.querySelector(`[data-movie="${focus[0]}"] .${focus[1]}`)?.focus({ preventScroll: true })
  }
}
