// A row of five stars that a finger, a mouse or keys set to half stars. Sliding along the row
// previews. Keys: arrows change by a half, 1 to 5 set, Delete or 0 clears.
const STAR = "M12 2.6l2.9 5.9 6.5.95-4.7 4.6 1.1 6.5L12 17.5l-5.8 3.05 1.1-6.5-4.7-4.6 6.5-.95z"

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

// Where a star is too small for two halves, a tap sets it whole, the next one half, and the next
// none; elsewhere its left or right half is set, and what is set already is cleared.
const SMALL = 30 // px

function starRow(label, onSet, onDraw = () => {}) {
  const node = document.createElement("span")
  node.className = "stars"
  node.tabIndex = 0
  node.setAttribute("role", "slider")
  node.setAttribute("aria-valuemin", "0")
  node.setAttribute("aria-valuemax", "5")
  node.setAttribute("aria-label", label)
  for (let i = 0; i < 5; i++) {
    const star = document.createElement("span")
    star.className = "star"
    star.append(starSvg())
    node.append(star)
  }
  let current = null
  const draw = (stars, preview) => {
    const halves = Math.round((stars ?? 0) * 2)
    node.classList.toggle("preview", preview && stars !== current)
    node.querySelectorAll(".star").forEach((star, i) => {
      star.dataset.fill = Math.min(2, Math.max(0, halves - 2 * i))
    })
    onDraw(stars)
  }
  const show = (stars, busy = false) => {
    current = stars
    node.setAttribute("aria-busy", String(busy)) // true until the server has saved it
    node.setAttribute("aria-valuenow", String(stars ?? 0))
    node.setAttribute("aria-valuetext", stars === null ? "not rated" : `${stars} stars`)
    draw(stars, false)
  }
  const at = (event) => {
    const box = node.getBoundingClientRect()
    const share = (event.clientX - box.left) / box.width
    return Math.min(5, Math.max(0.5, Math.ceil(share * 10) / 2))
  }
  const small = () => node.getBoundingClientRect().width < 5 * SMALL
  const tapped = (event) => {
    const chosen = at(event)
    if (!small()) return chosen === current ? null : chosen
    const whole = Math.ceil(chosen)
    if (current === whole) return whole - 0.5
    return current === whole - 0.5 ? null : whole
  }
  let pressed = null
  let slid = false
  node.addEventListener("pointerdown", (event) => {
    if (event.button) return
    pressed = event.clientX
    slid = false
    node.setPointerCapture(event.pointerId)
  })
  node.addEventListener("pointermove", (event) => {
    if (pressed !== null && Math.abs(event.clientX - pressed) > 6) slid = true
    if (!slid && small() && event.pointerType !== "mouse") return
    if (pressed !== null || event.pointerType === "mouse") {
      draw(slid || !small() ? at(event) : Math.ceil(at(event)), true)
    }
  })
  node.addEventListener("pointerup", (event) => {
    if (pressed === null) return
    pressed = null
    onSet(slid ? at(event) : tapped(event))
  })
  const back = () => {
    pressed = null
    draw(current, false)
  }
  node.addEventListener("pointercancel", back)
  node.addEventListener("pointerleave", () => pressed === null && back())
  node.addEventListener("keydown", (event) => {
    let next
    if (event.key === "ArrowRight") next = Math.min(5, (current ?? 0) + 0.5)
    else if (event.key === "ArrowLeft") next = current === null || current <= 0.5 ? null : current - 0.5
    else if (/^[1-5]$/.test(event.key)) next = Number(event.key)
    else if (["0", "Delete", "Backspace"].includes(event.key)) next = null
    else return
    event.preventDefault()
    if (next !== current) onSet(next)
  })
  return { node, show }
}
