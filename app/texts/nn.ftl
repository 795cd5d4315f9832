app-front = Framside
app-welcome = Dei som har kjent det på kroppen, veit noko
app-what = Her samlar brukarstyrte senter erfaringar frå folk som har brukt ei teneste, gjer dei til funn som kan sporast, og ser til at tenesta svarer.
app-hello = Hei, { $name }
app-nothing-yet = Det ligg ikkje noko til deg her enno. Den som inviterte deg, kan fortelje kva som skjer vidare.
app-to-me = Til mi side
