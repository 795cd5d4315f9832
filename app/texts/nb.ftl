app-front = Forside
app-welcome = De som har kjent det på kroppen, vet noe
app-what = Her samler brukerstyrte sentre erfaringer fra folk som har brukt en tjeneste, gjør dem til funn som kan spores, og ser til at tjenesten svarer.
app-hello = Hei, { $name }
app-nothing-yet = Det ligger ikke noe til deg her ennå. Den som inviterte deg, kan fortelle hva som skjer videre.
app-to-me = Til min side
