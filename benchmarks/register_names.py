"""Names for `benchmarks.register`, by community: boys, girls, surnames, and what offices make of them.

A second stock beside `benchmarks.people`, written down without looking at it. `spelt` are spellings of one name, a row a
name; `short` are short forms ("Kasia" for Katarzyna), the full name first. "_" stands for a blank.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stock:
    """One community's names. `habit` is how its names are built and what goes wrong with them."""

    boys: str
    girls: str
    surnames: str
    habit: str = "plain"
    spelt: str = ""
    short: str = ""


STOCKS = {
    "English": Stock(
        "George Noah Leo Arthur Theo Jude Finley Reggie Albie Ronnie Kayden Jayden Jenson Louie Tommy Riley Ellis Blake Dexter Kian",
        "Amelia Isla Ava Mia Lily Ivy Florence Willow Rosie Sienna Lottie Maisie Evelyn Eliza Orla Robyn Skye Lexi Lacey Ebony",
        "Pickering Holloway Ashdown Blackwell Cartwright Dunmore Eastwood Fairbrother Gilbey Hartnell Jessop Kirkby Longstaff Meadows Norbury Oldfield Prentice Radley Stubbs Tilley",
        spelt="Finley Finlay/Jayden Jaiden Jaydon/Lily Lilly/Isla Ayla/Louie Louis/Rosie Rosy/Lexi Lexie",
        short="Theo Theodore/Evelyn Evie/Reggie Reginald/Lottie Charlotte/Eliza Elizabeth/Ronnie Ronald",
    ),
    "Double-barrelled": Stock(
        "Rufus Hugo Jasper Monty Otis Caspian Zac Max Felix Barney Caleb Seth Rory Ned Wilf Angus",
        "Clementine Beatrix Ottilie Phoebe Jemima Saskia Tabby Edie Cleo Hettie Nell Romy Iris Thea Margot Bonnie",
        "Hart-Lowe Bell-Shaw Green-Kaye Ford-Amis Reed-Tull Cole-Varley Snow-Peel Lane-Ogden Kemp-Rowe Wood-Quill Marsh-Dene Hale-Burney Nash-Corder Moss-Tapley",
        habit="double", short="Beatrix Bea/Clementine Clemmie/Wilf Wilfred/Ned Edward/Max Maxwell",
    ),
    "Welsh and Irish": Stock(
        "Gruffydd Macsen Osian Iolo Siôn Iestyn Tomos Oisín Cillian Fionn Tadhg Seán Rían Darragh Cathal Dáithí Ruairí Llew",
        "Ffion Cadi Mali Nel Efa Siân Lowri Gwenllian Saoirse Caoimhe Aoife Niamh Róisín Gráinne Éabha Clíona Sinéad Sorcha",
        "ap_Rhys Prosser Gwilym Pritchard Beynon Probert O'Dwyer O'Sullivan MacCarthy McGrath Ní_Bhriain O'Shea Fitzpatrick Mac_Giolla Gallagher Cadwallader",
        habit="accents",
        spelt="Seán Sean Shaun/Niamh Neve/Aoife Aoibhe/Siân Sian/Ruairí Rory/Caoimhe Keeva/Tadhg Tadgh/Rían Rian Ryan/O'Dwyer ODwyer O_Dwyer/MacCarthy McCarthy",
    ),
    "Traveller and Roma": Stock(
        "Jimmy Felix Elvis Levi Miley Patrick Simey Nelson Bartley Tyson Jerry Elijah Ricardo Sorinel Marius Denis Florin Robi",
        "Shakira Kizzy Margaret Chantelle Bridget Savannah Scarlett Angel Lavinia Esmeralda Narcisa Bianca Petronela Loredana Violeta Mandy Crystal Priscilla",
        "Loveridge Doran Penfold Boswell Cash Maughan Quilligan Ayres Lakatos Ciurar Caldaras Horvath Lingurar Kotlar Rostas Buckland",
        habit="mobile",
        spelt="Kizzy Kezia/Rostas Rostaş/Caldaras Căldăraru/Horvath Horváth/Maughan Maugham",
        short="Margaret Peggy/Patrick Paddy/Elijah Lijah/Bridget Biddy/Petronela Petra",
    ),
    "Romanian": Stock(
        "Bogdan Cătălin Ciprian Eduard Fabian Iustin Horia Laurențiu Nicolae Octavian Petru Radu Sebastian Tudor Valentin Ionel Claudiu Emanuel",
        "Adelina Camelia Codruța Diana Florentina Georgiana Ilinca Iuliana Lăcrămioara Magdalena Nicoleta Oana Patricia Roxana Simona Timea Viorica Cezara",
        "Constantinescu Marinescu Barbu Drăgan Enache Florea Grigore Iancu Lungu Manole Neagu Oprea Preda Tănase Ungureanu Voicu Zamfir Șerban",
        habit="accents", spelt="Cătălin Catalin/Bogdan Bohdan/Nicolae Nicolai/Iustin Justin/Iuliana Juliana/Șerban Serban",
        short="Nicolae Nicu/Georgiana Gina/Magdalena Magda/Nicoleta Nico",
    ),
    "Polish": Stock(
        "Antoni Aleksander Franciszek Stanisław Wiktor Nikodem Gabriel Adam Krzysztof Grzegorz Paweł Tomasz Marcin Sebastian Hubert Błażej Kajetan Zbigniew",
        "Alicja Pola Nadia Gabriela Martyna Natalia Weronika Agnieszka Karolina Dominika Emilia Klaudia Magdalena Ewa Łucja Róża Bożena Żaneta",
        "Wrona Sikorski Malinowski Zawadzki Olszewski Stępień Pawlak Górski Rutkowski Michalski Sobczak Baran Głowacki Zakrzewski Duda Jasiński Kubiak Wilk",
        habit="polish", spelt="Wiktor Victor/Aleksander Alexander/Gabriela Gabriella/Łucja Lucja Lucia/Paweł Pawel Pavel",
        short="Aleksander Olek/Franciszek Franek/Stanisław Staś/Agnieszka Aga/Krzysztof Krzys/Magdalena Magda/Tomasz Tomek",
    ),
    "Somali": Stock(
        "Abdullahi Mahamed Ayub Bashir Dahir Faarax Hamse Jibril Mukhtar Nuh Saalax Suleyman Xasan Yaasin Zubeyr Cabdi Ciise Sakariye",
        "Aamina Caasha Faiza Farxiya Hamdi Hani Iftin Kowsar Maryan Nasteexo Qamar Raxma Saida Sumaya Xaliimo Yasmiin Zeynab Hawa",
        "Cali Maxamed Xasan Cumar Faarax Jaamac Nuur Cismaan Aadan Xirsi Guuleed Warfaa Shire Axmed Muuse Diiriye",
        habit="patronymic",
        spelt="Mahamed Mohamed Maxamed/Xasan Hassan/Cali Ali/Caasha Asha Aisha/Cumar Omar/Faarax Farah/Jaamac Jama/Maxamed Mohamed/Cismaan Osman/Xaliimo Halima/Zeynab Zainab/Farxiya Farhiya/Cabdi Abdi/Axmed Ahmed/Saalax Salah/Xirsi Hersi/Aadan Aden/Raxma Rahma/Muuse Musa",
    ),
    "Eritrean and Ethiopian": Stock(
        "Abel Biniam Dawit Ermias Filmon Henok Isayas Kidane Merhawi Natnael Robel Samuel Tesfalem Yonas Yafet Zerezghi Mikiele Simon",
        "Bethlehem Delina Eden Feven Hiwet Luwam Meron Natsnet Rahwa Rim Saba Selam Tigist Winta Yodit Zufan Lidya Helen",
        "Tesfay Gebremedhin Haile Kidane Woldu Berhe Abraha Ghebreab Mehari Negash Okbay Tekle Weldegebriel Yohannes Zeray Habte",
        habit="patronymic",
        spelt="Dawit Daweet David/Isayas Isaias/Lidya Lydia/Yohannes Johannes/Tesfay Tesfai/Gebremedhin Ghebremedhin/Yodit Yodit Judith/Mehari Meharie/Biniam Binyam",
    ),
    "Afghan": Stock(
        "Abdul_Wali Aimal Baryalai Ehsanullah Fawad Gul_Agha Hamidullah Hekmat Jamshid Khalil Matiullah Najib Qais Sharif Sediq Tamim Wais Zalmay",
        "Bibi_Gul Farzana Frozan Gulalai Hadia Khatera Lailuma Malalai Meena Nilofar Palwasha Razia Rukhsana Spozhmai Storay Wazhma Zarghuna Zuhal",
        "Amarkhel Barakzai Durrani Ghaznawi Hotak Kakar Mangal Niazi Omari Popalzai Qaderi Rasooli Sahak Tokhi Yousufzai Zazai",
        habit="single", spelt="Fawad Fowad/Razia Raziya/Yousufzai Yusufzai/Rasooli Rasuli/Qaderi Qadiri/Hadia Hadiya/Najib Najeeb/Meena Mina",
    ),
    "Kurdish": Stock(
        "Aland Aram Azad Bawan Dilovan Hemin Hêvîdar Karwan Lawand Miran Rebaz Rêbîn Sherko Shwan Soran Zana Baran Rawaz",
        "Avin Berîvan Chra Dilnaz Evîn Gulistan Hataw Hêlîn Jiyan Kazhal Lana Nîgar Rojîn Shilan Shno Tara Vian Zozan",
        "Barzani Hama Jaf Kakai Mahmood Mirza Mustafa Omer Qadir Rasul Saleh Sharif Talabani Hawrami Zebari Amedi",
        habit="accents", spelt="Rojîn Rojin/Hêlîn Helin/Evîn Evin/Omer Omar/Qadir Kadir/Mahmood Mahmoud/Saleh Salih/Dilovan Dlovan",
    ),
    "Chinese": Stock(
        "Zixuan Haoyu Junjie Tianyi Mingze Yichen Ruihan Jingyu Pengfei Shaoqing Weicheng Xiaolong Yuze Kaiwen Zhengyang Songtao",
        "Yuxin Kexin Meiling Shiqi Wanting Xiaoyan Yiran Zihan Qianqian Lihua Jiaqi Ruoxuan Anqi Huilin Mengyao Peishan",
        "Lin He Gao Deng Xie Tang Feng Xu Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang",
        habit="surname_first", spelt="Xu Hsu/Cai Tsai/Zeng Tseng/Xie Hsieh/Cao Tsao/Jiang Chiang",
    ),
    "Vietnamese": Stock(
        "Hoàng_Nam Quốc_Bảo Gia_Huy Đức_Anh Thành_Đạt Minh_Quân Trung_Kiên Hải_Đăng Tuấn_Kiệt Văn_Hùng Công_Minh Nhật_Minh Bảo_Long Thiên_Ân",
        "Bảo_Trân Ngọc_Anh Thanh_Thảo Phương_Linh Khánh_Vy Thị_Mai Hồng_Nhung Kim_Ngân Cẩm_Tú Diệu_Linh Minh_Châu Tường_Vi Quỳnh_Như Ánh_Tuyết",
        "Nguyễn Trần Lê Phạm Huỳnh Võ Đoàn Trương Tạ Lâm Đào Châu Cao Tô",
        habit="surname_first",
    ),
    "Nigerian": Stock(
        "Adebola Babatunde Chukwuemeka Damilare Ebubechukwu Folarin Gbolahan Ifeanyi Jideofor Kayode Lanre Munachimso Oluwaseun Olumide Somtochukwu Temitope Uzochukwu Wale",
        "Abisola Bolanle Chinwendu Damilola Ewaoluwa Funmilayo Ginika Ijeoma Kosisochukwu Lolade Morenikeji Nneka Oluchi Omotola Seyi Titilayo Uzoamaka Yetunde",
        "Adesanya Akinola Anyanwu Chukwuma Fashola Igwe Iroegbu Madueke Nnaji Odukoya Ogunbanjo Okoro Oladipo Onuoha Oyewole Uzor",
        habit="long", short="Oluwaseun Seun/Chukwuemeka Emeka/Temitope Temi/Funmilayo Funmi/Babatunde Tunde/Somtochukwu Somto/Damilola Dami/Uzochukwu Uzo/Kosisochukwu Kosi",
    ),
    "Ghanaian": Stock(
        "Kwame Kofi Kwabena Kwaku Yaw Kojo Nana Ebo Papa Fiifi Kwesi Osei Baffour Selorm Edem Mawuli",
        "Ama Akosua Abena Afia Esi Efua Adwoa Yaa Araba Maame Serwaa Dzifa Akua Enyonam Sika Nhyira",
        "Mensah Owusu Boateng Asante Appiah Agyeman Amoah Ofori Danso Quaye Addo Tetteh Lamptey Agbeko Sarpong Frimpong",
        habit="two_first", spelt="Kwesi Kwasi/Kojo Kodjo/Akosua Akosuah/Afia Afua/Agyeman Agyemang/Frimpong Frempong",
    ),
    "Bengali": Stock(
        "Arafat Ashraful Emon Habibur Imtiaz Jahid Kamrul Mahbub Mizanur Nazmul Rakibul Saiful Shahriar Touhid Yeasin Zahidul Tariqul Ridwan",
        "Afsana Bushra Farhana Humayra Ishrat Jerin Kulsuma Mahmuda Nasrin Rabeya Sabiha Shamima Sultana Tanjina Tasfia Umme_Habiba Zakia Mim",
        "Ahmed Akter Bibi Choudhury Hossain Islam Jahan Kazi Laskar Miah Molla Nessa Rahaman Shikdar Uddin Ullah",
        habit="muhammad", spelt="Hossain Hussain Hossen/Choudhury Chowdhury Chaudhury/Rahaman Rahman/Miah Mia/Ahmed Ahmad/Yeasin Yasin/Humayra Humaira/Mizanur Mijanur/Akter Akhtar Aktar/Nasrin Nasreen",
    ),
    "Pakistani": Stock(
        "Abdullah Ali Arslan Awais Babar Daniyal Ehtesham Ghulam Haris Ibtisam Junaid Kamran Moiz Nabeel Owais Qasim Rayyan Sufyan Talha Umair",
        "Aiman Anaya Aqsa Bisma Dua Eshal Hareem Hiba Inaya Khadija Mahnoor Maira Noor Rameen Saba Sidra Tayyaba Ume_Kalsoom Zara Zoya",
        "Abbasi Afzal Awan Baig Bhatti Dar Ghani Haider Jamil Kayani Lodhi Mughal Nawaz Raja Rashid Shabbir Siddiqui Tariq",
        habit="muhammad", spelt="Khadija Khadeeja/Siddiqui Siddiqi Sidiqi/Rayyan Rayan/Abdullah Abdulla/Nabeel Nabil/Tayyaba Tayyiba/Qasim Kasim/Mughal Moghal/Shabbir Shabir/Inaya Inaaya",
    ),
    "Sikh": Stock(
        "Arjan Balraj Charan Dilraj Fateh Gurdeep Gurpreet Harjot Inderpal Jaskaran Karanveer Lakhbir Manraj Navjot Onkar Partap Rajveer Sukhman Tejpal Yuvraj",
        "Amrit Baljit Charanjit Dilpreet Ekam Gurleen Harleen Ishleen Jasleen Jasmeen Kiranjot Livleen Mehar Navneet Prabhjot Rajdeep Simran Sukhmani Tavleen Upneet",
        "Singh Kaur Sandhu Gill Dhillon Sidhu Grewal Bains Johal Mann Sahota Rai Dhaliwal Atwal Virk Hundal",
        habit="sikh", spelt="Gurdeep Gurdip/Gurpreet Gurprit/Simran Simren/Rajveer Rajvir/Karanveer Karanvir/Harleen Harlin/Jasleen Jaslin",
    ),
    "Ukrainian": Stock(
        "Володимир Сергій Віталій Тарас Юрій Олексій Павло Ігор Arsen Hlib Illia Mark Matvii Oleh Stepan Vladyslav Yevhenii Zakhar",
        "Олена Наталія Світлана Тетяна Ганна Людмила Alina Diana Eva Inna Karina Lesia Marharyta Nika Olesia Sniezhana Vasylyna Zoriana",
        "Мельник Бойко Ткачук Коваленко Марчук Hrytsenko Ivanenko Zinchenko Klymenko Levchenko Nesterenko Panchenko Romanenko Sydorenko Tymoshenko Vasylenko Yurchenko Zhuk",
        habit="cyrillic",
        spelt="Володимир Volodymyr/Сергій Serhii Sergiy/Віталій Vitalii Vitaliy/Тарас Taras/Юрій Yurii Yuriy/Олексій Oleksii Oleksiy/Павло Pavlo/Ігор Ihor Igor/Олена Olena/Наталія Nataliia Natalia/Світлана Svitlana/Тетяна Tetiana/Ганна Hanna Anna/Людмила Liudmyla Lyudmyla/Мельник Melnyk Melnik/Бойко Boiko Boyko/Ткачук Tkachuk/Коваленко Kovalenko/Марчук Marchuk/Hlib Glib/Illia Ilya/Yevhenii Yevgeniy/Matvii Matviy/Marharyta Margarita/Oleh Oleg",
    ),
    "Portuguese and Brazilian": Stock(
        "Arthur Bruno Caio Davi Enzo Felipe Gustavo Heitor Ícaro Kauã Luan Murilo Otávio Pedro_Henrique Renan Samuel Thiago Vinícius",
        "Alícia Bruna Cecília Débora Eduarda Fernanda Giovana Heloísa Isadora Júlia Lívia Manuela Natália Olívia Rafaela Sofia Tainá Yasmin",
        "Almeida_Barros Araújo Azevedo Batista_Nunes Cardoso da_Costa de_Souza do_Nascimento Freitas Guimarães Lima_Rocha Machado Moura Nogueira Queiroz Ramos_da_Cruz Teixeira Vieira",
        habit="double", spelt="Thiago Tiago/Felipe Filipe Phelipe/Heloísa Heloisa/Giovana Giovanna/de_Souza de_Sousa/Davi David/Kauã Kaua Cauã",
        short="Eduarda Duda/Fernanda Nanda/Gustavo Guga/Manuela Manu",
    ),
}  # fmt: skip
COMMUNITIES = tuple(STOCKS)
ONE_NAME = tuple(
    tuple(word.replace("_", " ") for word in row.split())
    for stock in STOCKS.values() for row in stock.spelt.split("/") if row
)  # fmt: skip
SHORT = dict(
    reversed(row.split()) if stock.habit == "plain" else row.split()
    for stock in STOCKS.values() for row in stock.short.split("/") if row
)  # fmt: skip
