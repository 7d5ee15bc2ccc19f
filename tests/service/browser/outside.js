// Returns what sticks out of the window, or out of what cuts it off.
() => {
  const isSeen = (element) => {
    for (let parent = element; parent; parent = parent.parentElement) {
      if (getComputedStyle(parent).clipPath !== "none") return false; // for screen readers alone
    }
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.matches(".skip");
  };
  const width = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > width) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const element of document.querySelectorAll("body, body *:not(svg *)")) {
    if (!isSeen(element)) continue;
    const box = element.getBoundingClientRect();
    if (box.left < -0.5 || box.right > width + 0.5) found.push(`outside: ${element.outerHTML.slice(0, 120)}`);
    const isCut = (axis) => getComputedStyle(element)[`overflow${axis}`] !== "visible";
    if ((isCut("X") && element.scrollWidth > element.clientWidth + 1) || (isCut("Y") && element.scrollHeight > element.clientHeight + 1)) {
      found.push(`cut off: ${element.outerHTML.slice(0, 120)}`);
    }
  }
  return found;
}
