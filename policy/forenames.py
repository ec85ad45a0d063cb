"""Forenames, as data: what counts as a name that somebody bears, when two that look alike must be told apart.

Twins are called Amira and Amina; "Amiraa" is nobody's name. Our own list, written down by community from general knowledge, folded as
`policy.names.fold` folds; it is not complete and need not be: a name that is missing makes the matcher ask once more.
"""

from __future__ import annotations

_WRITTEN = """
    abbie abby ada adela aidan ailsa aimee aisling albie alec alex alexa alfred alicia alistair allan allison
    alyssa amberley amie anabelle andrew angus anna annabelle annalise antonia anwen aoife arabella archer
    ariella arlo arran arwen ashton aston aubrey audrey austin autumn barnaby barney barry beatrix becky belle
    bertie bethan bethany betsy betty billy blair blythe bobby bonnie bradley brady brendan bridget brodie
    bronte bronwen bryn bryony byron caden caleb calum cara carly carmen carys casey cassidy cassie catriona
    cecilia cecily celia ceri charis charley charlie chester christy ciara ciaran clara clarissa clay clementine
    cleo clive clodagh colby colin cora coral corey cormac courtney craig curtis daisie damien damon danny
    daphne darcey darcy darragh darren dawn deacon declan della demi denise derek dexter dilys dominic dora
    dougie douglas duncan eabha ebony eddie edie edmund edwin effie eilidh eimear eira elen eleri eliana elin
    ella elliot elliott ellis elodie elowen elspeth elwood ember emelia emlyn emmanuel emmett emrys enid enya
    eoin eric erica erika esmae esmee ethel euan eugene eva evangeline ezekiel faye felicia felicity fergus
    finbar finn fionn fletcher flora flynn francine frankie freda freddy frederick gabe gaia gavin genevieve
    geoffrey georgie gerard gideon gilbert giles ginny gladys glen gloria gracie graham greta griffin gus guy
    gwen gwyneth hal hamish harley harper harri harrison harvey hattie heath hector heledd henrietta hermione
    hettie hilary hollie honor horatio hudson hugh hunter ida ieuan ike imelda imogen india ingrid inigo iona
    ira isaiah isobel ivor jaden jago jake jamie jane janet jasmin jasmine jason jasper jaxon jay jayden jean
    jeffrey jemima jemma jenna jennifer jenny jeremy jerry jess jessie jill joan joanna joanne jodie joel joely
    johanna jonah jonas jonty jordan joseph josephine josie joss joy joyce jude judith julia julian julie juliet
    juliette june juno kaden kai kaia kara karen karl kate katelyn kathleen kathryn katie kay kayden kayla
    kayleigh keeley keira keith kelly kelsey ken kendra kenneth kerry kian kiera kieran killian kim kira kirsten
    kirsty kit kitty kyle kyra lacey lachlan laila lana lance lara laura lauren laurence laurie lawson layla
    leah leia leighton lena lennie lennon lenny leo leon leona leonard leonie leroy lesley leslie leticia levi
    lewis lexi lexie liam libby lila lilah lilia lilian lillie lilly lily linda lindsay lindsey linus lionel
    lisa livia liz lloyd logan lois lola lorcan lorna lottie louie louis louisa louise luca lucas lucia lucie
    lucinda lucy luella luke luna lydia lyla lyra mabel macey maddie maddison madeleine madeline madison maeve
    maggie maia maisie malachi malcolm mali malik mandy mara marcel marcus margaret margot maria mariah marian
    marie marilyn marina mark marley marnie martha martin martine mary mason matilda matt matthew maude maureen
    maurice max maxine maxwell may maya megan mei melanie melissa melody mercy meredith merryn mia micah michael
    michelle mike mila miles miley millicent millie milly milo mimi mina minnie mirabelle miriam moira molly
    monica monty morag morgan morris muriel myla myles myra nadine nancy naomi natalia natalie natasha nathan
    nathaniel neil nell nellie nerys neve niall niamh nicholas nicola nicole nigel nina noah noel nora norah
    norman nuala oakley octavia odin olive oliver olivia ollie olwen oona ophelia orla orlaith orlando osborne
    oscar osian otis otto owain owen paddy paige pamela parker pascal patience patrick patsy paul paula pauline
    payton pearl peggy penelope penny percy perry peter petra peyton philip philippa phillip phineas phoebe
    phyllis piers pippa piran polly poppy porter preston primrose priscilla prudence quentin quinn rachel ralph
    ramona raphael ray rebecca rebekah reece reggie regina reid remi remy reuben rex rhea rhian rhianna rhiannon
    rhodri rhona rhys richard ricky riley rita robbie robert robin robyn rocco roger rohan roland roman romeo
    romy ronan ronnie rory rosa rosalie rosalind rose rosemary rosie ross rowan roxanne roy ruairi ruby rufus
    rupert russell ruth ryan ryder sadie saffron sally sam samantha samson samuel sandra sarah saskia saul
    savannah scarlett scott seamus sean sebastian selena selina seren serena seth shane shannon sharon shaun
    shauna sheila shelby shelley shirley sian sidney sienna sierra simeon simon simone sinead skye sofia sol
    solomon sophia sophie spencer stacey stan stanley stella stephanie stephen steven stewart stuart sue summer
    susan susanna suzanne suzie sybil sydney sylvia sylvie tabitha tallulah tamara tamsin tania tansy tanya tara
    taran tarryn tatiana taylor teddy teegan tegan terence teresa terry tess tessa thea thelma theo theodora
    theodore theresa thomas tia tiana tiara tiegan tiffany tilda tilly tim timothy tina titus tobias toby todd
    tom tommy toni tony tracey travis trevor tristan trixie troy tuesday tyler tyra tyrone una ursula valentina
    valerie vanessa vaughan vera verity victor victoria vienna vincent viola violet vivian vivien walter warren
    wayne wendy wesley wilbur wilfred will willa william willow wilson winifred winnie winston wren xander
    xanthe yasmin yasmine yvette yvonne zac zach zachary zack zander zara zena zoe zola zuri
    aadam aafiya aaila aaisha aaliya aamina aamir aamna aaqib aarif aasim aasiyah abbas abdal abdi abdirahman
    abdirizak abdulaziz abdulkadir abdulla abdur abid abida abrar abu adan adeel adeela adil adnan afia afifa
    afnan afreen afsana aftab afzal ahad ahlam ahmad ahmed ahsan aila aiman aiza aizah ajmal akbar akhtar akram
    alaa aleena aleeza alia alim alisha aliya aliyah aliza amaan amal amani amara amber ameen ameena ameera amin
    amina aminah amira amirah ammaar ammar ammara amna amran anam anas anaya aneesa anisa anisah anjum anum
    anwar aqib aqsa arafat areeb areeba arham arif arifa arisha armaan arman arooj arsalan arwa asad asha ashraf
    asif asim asiya asiyah asma asmaa atif atiya atta ayaan ayah ayan ayat ayesha ayisha ayman ayra aysha ayub
    ayyub aza azad azam azeem azhar azim aziz aziza azra babar badr bahar baraa basam baseerah bashar bashir
    basit batool bilal bilqis bisma bushra dalia dana dania danish daniya daniyal danyal daud dawud deeba dina
    duaa ebrahim ehsan ehtisham eiman eisa eliyas emaan eman esa eshal esra faatimah fadi fadil fadumo fahad
    fahd fahim fahima faiqa faisal faiz faiza faizan fakhra falak fara faraaz farah faraz fareed fareeda farhan
    farhana farid farida farouk farrah farwa faryal farzana fateh fatema fathia fathima fatiha fatima fatimah
    fatma fatoumata fawad fawaz fawzia fayaz faysal fazal fida fiza fouzia furqan gamal ghada ghazala ghulam
    guled habib habiba hadi hadia hadiya hadiyah hafeez hafiz hafsa hafsah hafza haider haleema halim halima
    halimah hamad hamda hamid hamida hammad hamna hamza hamzah hana hanaa hanan haneef hani hania haniya haniyah
    hannan haris harith haroon harun haseeb hasina hasnain hassan hassna hatim hawa haya hayaan hayat hayfa
    haziq heba hiba hibaaq hibah hibo hidaya hifza hikmat hina hira hisham hodan hoorain hooria hosna huda
    hudaifa huma humaira humayun husna husnain hussain huzaifa ibraheem ibrahim ibtisam idil idrees idris ifra
    ifrah iftikhar ihsan ijaz ikhlas ikra ikraam ikram ilham ilhan ilyaas ilyas imaan imad iman imani imran
    inaam inaaya inam inas inaya inayah insha insiya intisar iqbal iqra irfan irfana isa isha ishaq ishrat islam
    ismaeel ismail isra israa israr issa izaan izhan izma izza jabir jafar jahangir jalal jalil jama jameel
    jameela jamil jamila jamilah jana jannah jannat jasim javed jawad jawairia jibreel jibril jihan junaid
    juwairiyah kabir kadija kadra kaif kainat kaleem kalsoom kamal kamil kamila kamran karam karim karima kashaf
    kashif kaswar kausar khadar khadeeja khadija khadijah khadra khaleel khalid khalida khalil khatija khawla
    khizar khola khurram kinza kiran komal kulsum laiba lamia lamis layan layth leena leila liban liyana loubna
    lubna luqman maab maahir madiha madina maha mahad mahdi mahfuz mahin mahir mahira mahmood mahmoud mahmud
    mahnoor mahum maida maimuna maira majid majida malaika malak malakah maliha malika manahil manal mansoor
    mansur mariam marium mariyah maroof marwa marwah marwan marya maryam maryan masood masud maymuna mehak
    mehmood mehreen mehrin mehwish memuna mikaeel minahil minha miqdad mirha misbah mishal mohsin moin momina
    monira moosa mubarak mubashir mudassar mufaddal muhab mujahid mukhtar muna munawar muneeb munir munira
    muqaddas murad murtaza musa musab mushtaq muskaan muskan muslima mustafa mutahir muzammil nabeel nabeela
    nabiha nabil nabila nada nadeem nadia nadir nadira naeem naeema nafeesa nafisa nahid nahida nahla naila
    naima naimo najib najma nargis nasim nasima nasir nasra nasreen nasrin nasser naureen naveed nawal nayab
    nayeem nayla nazia nazim nazir nazma nehal nida nihal nimo nimra nimrah nisar noman noor noora noreen
    nosheen nouman noura numan nur nura nuria nusaybah nusrat omaima omar omer osama osman parveen parwana qadir
    qais qasim qayyum rabi rabia rabiya radwan raed raees rafay rafeeq rafi rafia rafiq rafiqa raghad rahat
    raheel raheem rahim rahima rahma rahmah raiha raihan raisa raja rakib rama ramadan rameen ramla ramlah
    ramzan rana rania raniya raqib rashad rashid rashida rasool rauf rawan rayan rayhan rayyan raza razia reem
    reema rehan rehana rehman reyhan rida rifah riham rihanna rimsha riyad riyadh rizwan rizwana ruba rubab
    rubina rukayat rumaisa rumana ruqaiya ruqaya ruqayyah saad saada saadia saba sabah sabbir sabeen sabiha
    sabina sabir sabira sabr sabreen sabrina sadaf sadia sadiq sadiqa saeed safa safaa safah safia safiya
    safiyah safiyyah safwan sagal sahar sahil sahra saif saifullah saima saira sajid sajida sakina sakinah salah
    salahuddin saleem saleh saleha salim salima salma salman salwa samaira samar sameer sameera samer sami samia
    samiha samina samir samira samiya sana sanaa saniya saqib sara sarim sarwar sawsan sayed sayeeda seema
    shaban shabana shabbir shabnam shad shafiq shagufta shahana shahbaz shaheen shahid shahida shahin shahnaz
    shahzad shaista shakeel shakib shakil shakira shamim shamima shams shanza sharif sharifa sharmin shaukat
    shayan shazia shehzad shifa shireen shoaib shuaib shukri sidra sobia sofian subhan sufyan suhail suhana
    suhayb sukaina sulaiman suleiman sultan sultana sumaira sumaiya sumaya sumayah sumayya sumayyah syed syeda
    taha taher tahir tahira tahmid tahmina taiba taimur tajim talal talha talib tamim tanveer tanvir tanzeel
    tanzila taqwa tariq tasmiya tasneem tasnim tayba tayyab tayyib tayyiba tehreem thanaa ubah ubaid ubaida
    ubayd ulfat umaima umair umaiza umar umayr umer umme uqba urooj urwa usama usman uthman uzair uzma wafa
    wahab wahid wajid wajiha waleed walid waqar waqas warda waris warsame wasim yahya yakub yameen yana yaqoob
    yaqub yara yaseen yasin yasir yasira yasmeen yassin yassir younas younis younus yousaf yousef yousif yousra
    yousuf yumna yunus yusra yusrah yusuf zaeem zafar zaheer zahid zahida zahir zahra zahrah zaiba zaid zaima
    zain zaina zainab zainul zaira zakaria zakariya zakariyah zaki zakia zakir zaman zamzam zareen zarina zarish
    zaroon zayaan zayan zayd zayn zayna zaynab zeenat zeeshan zeinab zia zidan zimal ziyad zoha zohaib zohra
    zoya zubaida zubair zuhayr zuhra zulaikha zulekha zulfiqar zunaira zunairah
    aadhya aadi aaditya aadya aahan aahana aakash aanya aarav aaron aarti aarush aarushi aarya abhay abhi
    abhijit abhinav abhishek aditi aditya advait advik agastya aishwarya ajay ajit akash akhil akshara akshay
    akshita alok aman amandeep amanpreet amar amardeep amarjit amarpreet ambika amit amita amrit amrita amritpal
    anant ananya aneesh angad aniket anil anirudh anish anisha anita anjali anjana ankit ankita ankur anmol
    anoushka anshul antara anuj anup anupama anurag anusha anushka anvi aparna arash archana archit arjan arjun
    arnav arpita arshdeep arun aruna arush arvind aryaman aryan ashish ashok ashwin asmita atharva avani avi
    avinash avneet avni ayush ayushi baljit balraj balvinder bani bhavesh bhavika bhavin bhavna bhavya bhumi
    bina bindi binita chaitanya chandan chandni chandra charan charvi chetan chirag daksh daljit damini darsh
    darshan darshana darshil daya deep deepa deepak deepika deeya dev devansh devika dhairya dhara dharma dhaval
    dhruv dhruvi dhwani dia dilip dilpreet dimple dinesh dipak dipesh dipti disha divesh divya diya drishti
    durga ekam ekta esha gagan ganesh gaurav gauri gautam gayatri geet geeta girish gita gopal gunjan gurbir
    gurdeep gurleen gurmeet gurnoor gurpreet gursimran gurvir hansa hardeep hardik hari harini harish harita
    harjit harkiran harleen harman harmeet harmony harnoor harpreet harsh harsha harshil harshini harshita
    harvinder hema hemal hemant het hetal hetvi himani himanshu hiral hiren hiten hitesh ila indira indra ishaan
    ishan ishani ishika ishita ishwar jagdeep jagdish jagjit jahnavi jai jaideep jainam janaki janki janvi jas
    jasdeep jashan jasjit jaskaran jaskirat jasleen jasmeet jaspreet jasvinder jasvir jatin jaya jayan jayesh
    jaysh jeet jeevan jenil jhanvi jigar jigna jinal jivan jiya juhi jyoti kairav kajal kalpana kalpesh kalyani
    kamala kamaljit kanika kanishka karan karanveer karina karishma kartik karun kashish kashvi kaushal kaveri
    kavi kavin kavita kavya keerthi keshav ketan keval keya khushboo khushi kiaan kiara kinjal kirat kirit
    kirpal kirti kishan kripa krish krisha krishan krishiv krishna krishnan kriti kritika krunal krupa krupal
    kruti kulbir kuldeep kulwinder kumar kunal kush kushal lakshmi lalit lalita lata lavanya laxmi leela madhav
    madhavi madhu madhuri mahek mahendra mahesh mahi mahima maitri malini malti manasi manav mandeep maneesh
    mangal mani manik manish manisha manjit manju manmeet manoj mansi manveer manvi manvir mayank mayur meena
    meenakshi meera meet megha mehul mihir milan milind mimansa minal mira misha mishti mitali mitesh mitul
    mohan mohini mohit mona monika mukesh mukta naina naitik naman namita namrata nandini narayan naren narendra
    naresh nav navdeep naveen navin navjot navneet navraj navya neel neela neelam neeraj neerja neeti neha nidhi
    nihar niharika nikesh nikhil nikhita nikita nikunj nilam nilesh nimisha nimrat niraj niral nirav nirmal
    nirmala nisarg nish nisha nishant nishi nishil nishita nishtha nita nitesh niti nitin nitya nivedita niyati
    ojas om pallavi pankaj parag param paras paresh pari parijat parina parminder parneet parth parul parvati
    pavan pavitra pawan payal piyush pooja poonam prabhjot prabhleen prachi pradeep pradip pragna prakash
    prakriti pramod pranav praneet pranit prashant prateek pratham prathana pratik pratika pravin preet preeti
    prem prerna prisha pritesh priti pritpal priya priyanka priyansh puja punam puneet purav purvi rachana
    rachit radha raghav rahul raj rajan rajat rajdeep rajesh rajinder rajiv rajni rajveer rajvi rajvir rakesh
    raksha ram raman ramesh rameshwar ramya ranbir rani ranjan ranjit rashi rashmi rasik ratan ravi ravina
    ravinder ravneet reena reeva rekha renu renuka resham reshma reva reyansh ria richa ridhi rina rinku risha
    rishaan rishabh rishi rishika ritesh ritika ritu ritvik riya riyaan riyan rohini rohit roma ronak roshan
    roshni ruchi ruchika rudra ruhi rupa rupal rupali rupesh rushil rutvi saanvi sachi sachin sagar sahana sahib
    sai saloni samarth samay samit sandeep sandhya sandip sangeeta sania sanjana sanjay sanjeev sanket sanvi
    sapna saraswati sarita sarthak sarvesh satinder satish satnam satvik satya saumya saurabh savita sejal shaan
    shakti shalini shanaya shanti sharad sharan sharda sharmila shashi sheetal shikha shilpa shirin shiv shiva
    shivam shivan shivang shivani shivansh shobha shraddha shree shreeya shrey shreya shreyansh shreyas shriya
    shruti shubh shubham shweta shyam siddhant siddharth siddhi simi simran simranjit simrat sita siya smit
    smita sneha soham sohan sohil sonal sonali sonam sonia sparsh srishti stuti subhash suchi sudha sudhir
    sujata sukhdeep sukhi sukhjit sukhmani sukhpreet sukhvir sukhwinder suman sumeet sumit sumitra sunil sunita
    sunny suraj surbhi surekha suresh surinder surjit surya sushant sushil sushma svara swara swaroop swati
    tanay tanish tanisha tanmay tanvi tarun tejal tejas tisha trisha trupti trusha tulsi tushar uday uma umang
    umesh unnati urmila urvashi urvi utkarsh uttam vaibhav vaidehi vaishali vaishnavi vandana vansh vanshika
    varsha varun vasant vasu vatsal ved veda vedant vedika veer vibha vidhi vidya vihaan vijay vikas vikram
    vimal vinay vineet vinod vipul vir viraj viral virat viren vishal vishnu vivaan vivek vraj vrinda vrushti
    yash yashika yashvi yashvir yogesh yogi yug yukta yuvan yuvraj zeel zinal
    adam adelina adriana aga agata agnieszka albert aldona aleks aleksander aleksandr aleksandra aleksandras
    aleksei aleksey alesia alexandru alexei alexey alexia alicja alina aliona alona amelia anamaria anastasia
    anastasiia anastasija anatoliy anca andra andreea andrei andrejs andrius andriy andrzej andzelika aneta
    angelika ania anica anka antanas anton antoni antonina apolonia arina arkadiusz armands artem artur arturas
    aurel aurelia aurimas aurora barbara bartas bartek bartlomiej bartosz beata benas bianca blanka blazej
    bogdan bogdana bogumil boguslaw bohdan bojan boleslaw borys bozena bronislaw bruno calin camelia catalin
    catalina cecylia celina cezar cezary ciprian claudia claudiu codrin codruta constanta constantin corina
    cornel cornelia cosmin cosmina costel costin cristi cristian cristina dagmara dainius damian dan daniel
    daniela danuta danylo daria dariia darija darina darius dariusz daryna dawid deividas delia denis denisa
    denisas denys diana dima dimitar dimitrie dinu dmitri dmitrij dmitry dmytro domantas dominik dominika
    dominykas donata dorian dorin dorota dovydas dragan dragos draven dumitru dusan eduard edvinas edyta egle
    eglis ela elena eliza elzbieta emanuel emil emilia emilian emilija emilis ernest ernestas eryk eugen eugenia
    ewa ewelina fabian felicja feliks filip florian florin florina franciszek gabija gabriel gabriela gabrielius
    galina genowefa georgeta georgi georgiana gheorghe gintaras goran gosia grazyna grzegorz gustaw halina hanna
    helena henryk hubert ieva ignacy ignat ihor ilie ilinca ilona ilya ina inga ioan ioana ion ionela ionut
    iosif irena irina irma iryna isidora iulia iulian iuliana iuri iurie iva ivan ivana ivanka ivaylo ivo iwona
    iza izabela jacek jadwiga jagoda jakub jan janina janis janusz jaroslav jaroslava jaroslaw jelena jerzy
    jolanta jovan jovana jozef judyta juliana julita julius juliusz juozas jurgis justas justina justinas
    justyna kacper kaja kajetan kalina kamile karol karolina karolis kasia kasparas katarina katarzyna kateryna
    katya kazimierz kestutis kinga kiril klara klaudia klaudiusz klemens kornel kornelia kristaps kristian
    kristians kristina krystian krystyna krzysztof ksawery ksenia kseniia ksenija kuba kyrylo laima larisa
    larysa laurentiu lavinia lech leszek lev levko lidia liliana lina linas liubov liudmyla liviu liza loredana
    lucian lucjan lucyna ludmila ludwik luiza luka lukas lukasz luminita lyudmyla maciej madalin madalina magda
    magdalena maja maksim maksims maksym maksymilian malgorzata malwina mantas marcela marceli marcin marek
    margarita marharyta mariana marianna maricel mariia marija marik marilena marin marinela marius mariusz
    mariya markas markiyan marko marta martyna martynas maryna marysia matas matei matej mateja mateusz matus
    matvii matviy maurycy maxim michal michalina mihaela mihai mihail mihaita mihnea mikael mikolaj milana
    milena miloslaw mindaugas mirela miron miroslav miroslaw miroslawa mitica mykhailo mykhaylo mykola mykyta
    myron myroslav myroslava nadiia nastia nataliia natalija nazar nazariy nela nelia nico nicolae nicoleta
    nicusor nikodem nikola nikolai nikolas nikolay nikoleta nojus oana octavian ojars oksana ola olaf oleg oleh
    oleksandr oleksandra oleksii oleksiy olena olga olha olia olimpia oliwia oliwier orest oskar ostap otylia
    ovidiu patrycja patryk paulina paulius pavel pavlo pawel petar petras petro petronela petru petrut piotr
    polina przemek przemyslaw rada radek radoslav radoslaw radu rafal raimonds ralu raluca ramunas rapolas rares
    razvan rebeca remigiusz renata roberta robertas rokas roksana romana romans rostyslav roxana rozalia ruslan
    ruslana rusland ruta ruxandra ryszard sandu sasha saulius serafin sergei sergey sergiu sergiusz serhii
    serhiy severyn silvia silviu simona sladjana slawomir sofiia sofija solomiia solomiya sonja sorana sorin
    sorina stanislav stanislava stanislaw stefan stefania stepan svetlana sviatoslav svitlana swietoslaw
    sylwester sylwia szymon tadas tadeusz taisiia taras tatjana teodor teodora teodors tetiana tetyana timea
    timofei timur toma tomas tomasz tudor tymofii tymofiy tymon tymoteusz uliana ustyna vadim vadym valentin
    valentyn valentyna valeria valeriia valeriu vanda vanja varvara vasile vasilica vasyl vasylyna veronica
    veronika vesna viacheslav vidas viktor viktoria viktoriia viktorija vilius violeta viorel viorica virginia
    vita vitalie vitalii vitalina vitaliy vlad vladimir vladislav vladyslav vladyslava volodymyr vsevolod
    vyacheslav waclaw waldemar wanda weronika wieslaw wieslawa wiktor wiktoria wincenty witold wladyslaw
    wojciech wojtek xenia yaroslav yaroslava yehor yelizaveta yelyzaveta yeva yevgeny yevhen yevheniia yulia
    yuliia yuliya yuri yurii yuriy zakhar zbigniew zdzislaw zhanna zlata zofia zoja zoryana zuzanna zygmunt
    adriano afonso agostinho ainhoa alba aldo alejandra alejandro alessandra alessandro alessia alessio
    alexandra alfonso alfredo alice alonso alvaro amadeu amalia amaya amelie ana anais andrea andreia andreina
    andres angela angelica angelina angelo anibal antoine antonella antonio armando arnaud aurelie aurelio axel
    baptiste bartolomeu beatriz belen benedita benjamim benoit bernarda bernardo blanca brandao brenda bruna
    caetana caetano caio camila camille candela carla carlo carlos carlota carmo carolina catarina caua celeste
    celine cesar chiara claudio cleide clement clementina constanca constance cristiana cristiano cristobal
    daniele dante davi davide debora delfina diego dinis diogo domenico duarte dulce eduarda eduardo eleonora
    eliane elias elisa elisabete elise eloise elsa emanuele emiliano emilie emma enrico enrique enzo ernesto
    esperanza esteban estela etienne evaristo fabiana fabio fabricio facundo federica federico felicidade felipe
    fernanda fernando filipa filipe filippo flavia flavio florencia floriane francesca francesco francisca
    francisco franco francois gabriele gaspar gelson gennaro geraldo giacomo gil gilberto giorgia giorgio
    giovana giovanna giovanni giulia giuliana giulio giuseppe goncalo graca graziela gregorio guadalupe
    guilherme guillaume guillermo gustavo heitor helder helio henri henrique hugo ignacio igor ilaria ines
    inmaculada iolanda irene iria isabel isabela isabella isadora isaura ismael jacinta jacopo jacques jaime
    javier jerome jessica jesus joana joao joaquim joaquin jordi jorge jose joseane josefa josefina juan juana
    juliano julio justine karine kauan kelvin laetitia lais larissa laurent leandra leandro leonardo leonor lia
    lorena lorenzo lourdes lourenco luana luciana luciano ludovic luigi luis luisa luiz madalena mafalda maite
    manon manuel manuela marc marcelo marcio marco marcos margarida margaux mariano mariella mario marion marisa
    marisol martim martina mateo mateus matheus mathieu mathilde matias matilde matteo mattia mauricio mauro
    maxime mercedes micaela miguel milton miranda mireia moises murilo nadege natanael nathalie nelson nerea
    neuza nicolas nicolau nicolo nil noa noemi noemie nuno octavio olivier oriana osvaldo pablo paloma paola
    paolo pascale patricia patricio paulo pedro pierre pietro pilar quim quiteria rafael rafaela ramiro ramon
    raquel raul renan renato ricardo riccardo roberto rocio rodolfo rodrigo rogerio romain romeu romina rosana
    rosario ruben rui rute salvador salvatore samanta sandro santiago santino sebastiao sergio silvio simao
    soledad soraia stefano stephane susana tainara tamires telma telmo teo thiago tiago timoteo tomaz ugo ulises
    valentim valerio vasco vicente vitor vitoria vittoria viviana vladimiro wagner wellington xavi xavier ximena
    yago yolanda zelia zulmira
    abeba abebe abena abiola abosede achieng adaeze adaku adanna adaobi adebayo adebola adedayo adeola adeolu
    adesuwa adetola adewale adjoa afua ahmadou aisatu aissatou akeem akin akinyi akosua akua akwasi alamin
    alhaji alimatou aliou ama amadi amadou amaka amarachi amaru aminata amos anan anuoluwapo aoko arinze asante
    ashanti asmeret assefa atieno awa awet ayaa ayanda ayele ayo ayobami ayodeji ayodele ayomide ayomikun
    ayotunde babajide babatunde bakary bayo biniam binta bisi biyi blessing boateng bola bolaji bolanle bolu
    boluwatife bosede bukola chanda chiamaka chibuzor chichi chidera chidi chidinma chiemeka chika chike
    chikondi chimamanda chinaza chinedu chinelo chinenye chinonso chinwe chioma chipo chisom chuka chukwudi
    chukwuemeka comfort daba damilare damilola daniyel danjuma dawit dayo deborah deka denzel deqa desta diallo
    dieudonne divine dumisani ebele eberechi ebuka ebun ebunoluwa efe efua ejike ekene ekua elikem elsabet emeka
    emnet enam eniola enitan ephraim esi esther etinosa eyram ezinne faith farai fatou favour femi feyi filmon
    fisayo folake folashade fortune funke funmi funmilayo gebre genet gift godwin goodness grace haben habtamu
    hadiza hermela hiwot hope ibeabuchi ibukun idara ife ifeanyi ifechi ifeoma ifunanya ijeoma ikechukwu ikenna
    innocent isatou itoro iyabo jabari jahzara jelani jemimah jengo jomo juma kaleb kamaria kamau kambale
    kanyinsola kareem kasim kayode kebede kehinde kelechi kemi kenechukwu khadidiatou kidane kidist kiprop kofi
    kojo kossi kudzai kunle kwabena kwaku kwame kwasi kwesi lamin lanre lerato liya londiwe lovemore lulu
    lungile maame mamadou mariama marvellous mawuli mekdes melat meron meseret mfon miracle misan mobolaji
    modupe mohamadou mojisola montaha moses mosun mpho mulugeta mumbi munashe mwangi nahom naledi nana nardos
    nathi ndidi ngozi njeri nkechi nkem nkiruka nnamdi nneka nnenna nokuthula noluthando nomsa nonso ntando nyah
    nyasha nyokabi oba obi obinna obioma ochieng odunayo ofentse olabisi oladele olamide olanrewaju olaoluwa
    olatunde olayinka olu olufemi olufunke olumide oluwadamilola oluwafemi oluwaseun oluwaseyi oluwatobi
    oluwatosin omari omobolanle omolara omotola onyeka onyinye opeyemi oreoluwa osagie osas osaze oseremen
    otieno ousmane oyin oyinda oyindamola oyinkansola paa peace phiri praise precious prince princess prosper
    rahel rejoice rumbidzai rutendo ruvimbo saidu salamatu sani saran sefora segun selam selamawit semhar senait
    serwaa seun seyi shade shadrach shamiso sibusiso sihle simba simisola sipho sophonias sulaimon tadesse
    tafadzwa taiwo takunda tamirat tanaka tapiwa tariro tawanda tayo temi temitayo temitope tendai tesfaye thabo
    thandeka thandi thandiwe tinashe tiwa tiwalade tobechukwu tobi tochi tochukwu tolu toluwalope tomi tope
    tosin toyin tsegaye tsion tunde uche uchenna udo ufuoma ugochi ugonna uju uzoma vimbai wambui wangari
    wanjiku winta wisdom yaa yakubu yannick yaw yemi yemisi yohanna yohannes yonas yonatan yordanos zandile
    zanele zawadi zelalem zodwa zuriel zuwena
    adem ahmet akif ali alp alparslan aras arda arezo arian arin armin arya arzu asghar ashkan aslan asli asya
    atakan atilla ayaz aybuke aydin ayhan ayla aylin ayse aysegul aysel aysu ayten azize bahara bahram baran
    baris batu batuhan behnam behram behzad belinay belma bengisu berat beren beril berk berkan berkay beyza
    bilge bilgin bora bugra burak burcu burhan busra cagan cagla can canan caner cansu cem cemal cemile cemre
    cenk ceren ceyda ceylan cihan cinar civan dara darya defne delal demet deniz derin derya deryan dicle dila
    dilan dilara dilek dilnoza dilovan diyar dogan dogukan doruk duru ebru ece ecem ecrin eda ege elham elif
    elmira elnaz elyas emel emin emine emir emirhan emre enes engin ensar eray erdem eren ergin erkan erol ersin
    ertugrul esat esin esma esmatullah eylul eymen eyup ezgi farhad fariba farishta farzad fateme fatemeh fatih
    fereshta fereshteh feride feyza fikret firat freshta fulya furkan gamze gizem gokce gokhan golnaz gonca
    gonul gul gulay gulcin gulistan gulsah gulsen gulsum guney hadis hakan halil haluk hande hanife hasan hasti
    hatice hava havin heja helin hemin hesam hevin hilal hiranur homayun hossein huseyin iclal ikbal ilayda
    ilker ilknur inci ipek irem irmak ismet jamshid javad jiyan kaan kadir kardelen karwan kaveh kayra kazim
    kemal kerem kerim kianoush kimia kiyan koray kourosh kubra lale levent leyla mahsa mahtab mahya masih masoud
    mastura mehdi mehmet mehran mehrdad melek melih melike melis melisa meltem merdan mert merve mete metin
    milad mirac miran mirwais mirza mitra mohsen mojtaba morteza muhammed murat mursal mursel najibullah nargiz
    nastaran navid nazanin nazife nazli neda negar negin nehir nergis neslihan nesrin nihat nilay nilofar
    niloufar nima nisa nisanur nuray nuri nursel nurullah omid onur orhan ozan ozge ozgur ozlem parisa parnian
    parvaneh parwin payam pelin perihan pinar polat poyraz rahmat rahmatullah ramazan ramin rasa rasul raziye
    reza rezan roj roja rojda rojin rona ronya roya royan rozerin rukiye ruya saber sadegh sahand sahin saman
    samim samin saniye sarp sarya savas sefa seher selcuk selda selen selim selin selma semih semra sena senem
    serap serdar serhat serkan sevda sevgi sevim seyma shadi shahram shaima shakiba shereen shervin shilan
    shogofa shukria sibel sila sima simge sina sinan sohail sohrab songul soraya sosin sude suheyla suleyman
    sumeyye tamer taner tanju taylan tolga tuana tuba tugba tugce tulay tuna tunahan tuncay turan turgut ufuk
    ugur umit umut vahid vahide veysel volkan wahida wais yada yagiz yagmur yakup yalda yama yaren yasar yasemin
    yavuz yelda yeliz yigit yilmaz yonca younes zabihullah zana zarghona zehra zelal zerda zeynep zilan zozan
    zubeyde zulal zulfiye zumra
    ah ai aira althea an anh bao bea bich bin bing binh bless bo boqian bowen cai cam chau chen cheng chi chia
    chien ching chong chu chun chunhua chuong cuong da dai danica dao dat diep dieu dinh dong duc dung duong duy
    duyen fang fei fen feng ga gang giang giao guang guo ha hai han hang hanh hao haoran haoyu he hien hieu hoa
    hoai hoan hoang hong hua huan hue hui hung huong huy huyen hyun in jericho jhon jia jiahao jiahui jian jiang
    jianhua jiaqi jiawei jiayi jie jihye jimin jin jing jingyi jinhai jisoo jiwoo jomar joon joshua jun junhao
    junjie junyi kaili kang ke khai khang khanh khiem khoa khoi khue kien kristine kyung lam lan le lei li liang
    lien lin ling linh liu loan loc long lovely lu luan lucheng luong ly mai meilin meng mi mian ming minghao
    minh minjun mu my nam nga ngan nghia ngoc nguyen nhan nhat nhi nhung ning oanh peng phat phong phu phuc
    phuong ping qi qian qiang qing qiu quan quang quoc quyen quynh rica rong ruoxi ryu san sang seo shan shen
    sheng shi shu shuai shun siqi siyu so son song soo su sun ta tai tam tan tao tham thang thanh thao thi thien
    thinh tho thong thu thuan thuong thuy tian tien tin ting tinh toan tran trang tri trinh trong truc trung
    truong tu tuan tung tuyen tuyet uyen van vi vien viet vinh vu vuong vy wan wang wei weijie wen wenjun wenxin
    wu xi xia xian xiang xiao xiaoming xin xing xinyi xinyu xiu xu xuan xue ya yan yanan yang yao ye yen yi
    yichen yifan yifei yihan yilin yin ying yining yiran yiting yixuan yong yoon you yu yuan yue yuhan yujin
    yulin yumi yun yuna yutong yuxi yuxin yuxuan yuze zan ze zehao zhan zhang zhao zhe zhen zheng zhi zhiwei
    zhiyuan zhong zhou zhu zhuo zichen zihan zixi zixin zixuan ziyang ziyi
    aaliyah abdul abdullah abigail adele adrian agnes aiden aisha alan alana alexander alfie alison alma amanda
    amir amy andre angel anika annabel anne annie anthony anya archie aria ariana arthur ashley astrid ava ayana
    beatrice bella ben benjamin beth blake brandon brian brooke caitlin callum cameron carl caroline catherine
    cerys charles charlotte chelsea chloe chris christian christina christopher claire cody connor conor daisy
    dale danielle david dean dennis dimitri donna dylan eden edith edward ekow eleanor eli elijah elizabeth
    ellen ellie elsie emily erin esme ethan evan eve evelyn evie ewan ezra faris felix fern finlay finley fiona
    florence fran francis frank freddie freya gabrielle gareth gary gemma george georgia georgina gethin haidar
    hannah harriet harris harry hayden hazel heather heidi helen henry holly humza husain hussein ian iris isaac
    isabelle isla israel ivy jack jackson jacob jade jaiden james jayla jenson jesse jimmy joe john jonathan
    josh jules katherine katrina kenza kevin lea lee lillian liv mae marlon mathew miya mollie mya nia nour pip
    pola raina raya rian river rumaysa sherine shona sven talia ulrich yasmina youssef zak zane
"""
FORENAMES = frozenset(_WRITTEN.split())
