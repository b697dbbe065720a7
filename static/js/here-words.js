// What is said beside the switches for this screen. Pure.

import { say } from "./say.js";

// state: { isOn, isSupported, isBlocked }
export function soundNote({ isOn, isSupported, isBlocked }) {
  if (!isSupported) return say("This browser cannot make a sound.");
  if (isOn && isBlocked) {
    return say("The browser keeps this page silent until you have clicked in it or pressed a key.");
  }
  return isOn ? say("A short tone for each new alert, at most one in five seconds.") : say("No sound.");
}

// state: { isOn, isSupported, isSecure, isForPages: whether the browser lets a page show any,
// permission: "default", "granted" or "denied" }
export function noticesNote({ isOn, isSupported, isSecure, isForPages, permission }) {
  if (!isSecure) return say("Browsers show notifications only for pages that come over HTTPS, or from this machine.");
  if (!isSupported) return say("This browser shows no notifications for pages.");
  if (!isForPages) {
    return say("This browser, as Chrome on Android does, shows no notifications of a page. A channel, such as e-mail or Telegram, reaches this device even while the page is closed.");
  }
  if (permission === "denied") {
    return say("The browser refuses notifications of this page. Allow them in its settings for this site, then switch this on.");
  }
  if (isOn) return say("While this page is in the background, each alert is a notification.");
  return permission === "granted" ? say("No notifications.") : say("No notifications. The browser asks you once.");
}
