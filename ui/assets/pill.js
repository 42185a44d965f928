// A few words about what goes on, above the header: it covers nothing and moves nothing.
export default function ({ data, parentElement }) {
  const place = parentElement.querySelector(".pill")
  place.setAttribute("role", "status")
  place.hidden = !data.text
  place.title = data.title
  place.classList.toggle("failed", data.failed)
  place.style.setProperty("--share", `${Math.round(100 * data.share)}%`)
  if (place.textContent !== data.text) place.textContent = data.text
}
