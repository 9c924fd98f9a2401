#!/bin/sh
# busybox httpd runs this for "/" where there is no index.html.
name=$(/bin/hostname)
printf 'Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n\r\n'
/bin/cat <<PAGE
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>$name · The Cloud</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center;
         font: 18px/1.6 system-ui, sans-serif; color: #123; background: #eaf3fb; }
  main { max-width: 34rem; padding: 2.5rem 3rem; border-radius: 1rem; background: #fff;
         box-shadow: 0 .5rem 2rem #1232; }
  h1 { margin: 0 0 .5rem; font-size: 1.7rem; }
  code { padding: .1rem .4rem; border-radius: .3rem; background: #eef2f6; }
</style>
<main>
  <h1>☁ Your cloud works</h1>
  <p>This page is served by instance <strong>$name</strong>: a container that the API recorded,
     a controller placed, and this host's agent started.</p>
  <p>Make another one: <code>bin/cloud instance launch second --image starter --type nano-1 --publish 8080</code></p>
</main>
</html>
PAGE
