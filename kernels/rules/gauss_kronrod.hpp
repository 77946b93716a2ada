// Gauss–Kronrod rules on the reference region [-1, 1], and null rules on their nodes. Made by gauss_kronrod.py, which says how, and compared with
// it by a test.
#pragma once

#include <array>

namespace quadot::rules {

/// The rule with `Nodes` nodes, symmetric about 0: node `middle` at 0, the others at +-nodes[j], ascending. Weights sum to 2.
/// even_0, odd_0: the null rules of the highest even and odd degree, even_1 and odd_1 those of the next, even_2 and odd_2 of the next but one; an
/// odd one counts the nodes below 0 with
/// the opposite sign. Applied to a function whose mean square is 1, each gives at most 1.
/// even_value, odd_value, even_slope, odd_slope: of the polynomial through the samples at 1, likewise: its even and odd part there.
template <int Nodes>
struct gauss_kronrod;

template <>
struct gauss_kronrod<15> {
    static constexpr std::array<double, 7> nodes{0x1.a98b2892e0c77p-3, 0x1.9f95df119fd62p-2, 0x1.2c13a049dfa24p-1, 0x1.7ba9f9be3a1d6p-1,
                                                 0x1.bacf827b9bb3ep-1, 0x1.e5f178e7c6229p-1, 0x1.fba009d4d09b1p-1};
    static constexpr double middle_weight = 0x1.ad04f9087090fp-3;
    static constexpr std::array<double, 7> weights{0x1.a2adbcbec9cd8p-3, 0x1.85d6861c80eb1p-3, 0x1.5a1f266e47d5cp-3, 0x1.200ed0f46e8c1p-3,
                                                   0x1.ad384a34814c6p-4, 0x1.026cdaa7b61c4p-4, 0x1.77c5b67d5747p-6};
    static constexpr double middle_even_0 = -0x1.a9edce2465043p-4;
    static constexpr std::array<double, 7> even_0{0x1.a1aaa7ee8711ep-4, -0x1.8733b97843ffdp-4, 0x1.5948f7b3dab4ap-4, -0x1.1c172415d9fe5p-4,
                                                  0x1.ac2eaf821c97bp-5, -0x1.0f49b130fb532p-5, 0x1.76dd2eaaf0bb8p-7};
    static constexpr std::array<double, 7> odd_0{0x1.2b3f2adef7289p-5, -0x1.11ba04974ed62p-4, 0x1.5ce54ae0ed0bdp-4, -0x1.6b3247a7fde7bp-4,
                                                 0x1.3f3aa2183b2e6p-4, -0x1.bbeaafb3366c8p-5, 0x1.40629dd033037p-6};
    static constexpr double middle_even_1 = 0x1.dc84d12a96d3ap-4;
    static constexpr std::array<double, 7> even_1{-0x1.974ee5f5663bcp-4, 0x1.bec7b6c434894p-5, 0x1.03e134bced204p-9, -0x1.934b76dfb35f7p-5,
                                                  0x1.250416930645dp-4,  -0x1.fd2992ce3fa6p-5, 0x1.93001a7031851p-6};
    static constexpr std::array<double, 7> odd_1{-0x1.3f2de87285a52p-4, 0x1.c9a695916fb8ap-4,  -0x1.5a91abc2b4969p-4, 0x1.312754e830296p-6,
                                                 0x1.59fff114013f3p-5,  -0x1.f20ce14a9bb81p-5, 0x1.cb62b7c09577ep-6};
    static constexpr double middle_even_2 = -0x1.e3d2e19efdb1bp-4;
    static constexpr std::array<double, 7> even_2{0x1.190c44a29c967p-4, 0x1.208b521636677p-5, -0x1.9e10b223eea99p-4, 0x1.3dc31b4032926p-4,
                                                  0x1.6cfe1ee1cf3ap-12, -0x1.ab7649eb6618p-5, 0x1.f4cd0371518a9p-6};
    static constexpr std::array<double, 7> odd_2{0x1.b3c247d158d53p-4,  -0x1.5497ea44a55ebp-4, -0x1.14830891afb2dp-5, 0x1.8a66590b51257p-4,
                                                 -0x1.54ff962ebf278p-5, -0x1.387554bb672a2p-5, 0x1.0a41fcfc50bedp-5};
    static constexpr double middle_even_value = -0x1.ce8ed20738bf5p-4;
    static constexpr std::array<double, 7> even_value{0x1.da0d534ba0c1dp-4,  -0x1.fc9e92fc1f8d2p-4, 0x1.1d96ac9665887p-3,
                                                      -0x1.56b39ac24899fp-3, 0x1.cd4c12c6395f6p-3,  -0x1.7343a8a52a573p-2,
                                                      0x1.75d1204282fd8p-1};
    static constexpr std::array<double, 7> odd_value{0x1.8a00e7d36c662p-6,  -0x1.9cd769e1b502bp-5, 0x1.4ec2773fa375ep-4,
                                                     -0x1.fc3f7102245dbp-4, 0x1.8ef5a206657efp-3,  -0x1.605eb04542939p-2,
                                                     0x1.729f6df97f75bp-1};
    static constexpr double middle_even_slope = -0x1.1cc6a799a8926p4;
    static constexpr std::array<double, 7> even_slope{0x1.23af70e4001d3p4, -0x1.3859b748c70ep4,  0x1.5d502b4636851p4, -0x1.9f6e3adf5e346p4,
                                                      0x1.114d991ae125bp5, -0x1.9476041209f14p5, 0x1.eb7c7fb914808p4};
    static constexpr std::array<double, 7> odd_slope{0x1.e1c8cf17ecf27p1, -0x1.f7d69dae8c442p2, 0x1.96d73571e6e18p3, -0x1.3211c3a93982dp4,
                                                     0x1.d59f982086ee5p4, -0x1.7d1fce8a371bap5, 0x1.dbb46d61ddb31p4};
    static constexpr double widest_gap = 0x1.a98b2892e0c77p-4; ///< between neighbouring nodes, as part of the region
};

template <>
struct gauss_kronrod<21> {
    static constexpr std::array<double, 10> nodes{0x1.30e507891e27ap-3, 0x1.2d755295ea137p-2, 0x1.bbcc009016adcp-2, 0x1.2021b401fc12p-1,
                                                  0x1.5bdb9228de198p-1, 0x1.8fc7574fa6c62p-1, 0x1.bae995e9cb2f3p-1, 0x1.dc3d9a4b011c6p-1,
                                                  0x1.f2a3e062af2d8p-1, 0x1.fdc6c69272ae5p-1};
    static constexpr double middle_weight = 0x1.321082b7cd10fp-3;
    static constexpr std::array<double, 10> weights{0x1.2e91d6ff21eb5p-3, 0x1.2467b616c0e05p-3, 0x1.13e26d16948d4p-3, 0x1.f9d2b8f5d2ddep-4,
                                                    0x1.c00cbfda8818fp-4, 0x1.7d711dddcb389p-4, 0x1.335ccd53722e5p-4, 0x1.c08f7021999a2p-5,
                                                    0x1.0ab76a4a94042p-5, 0x1.7f35bdbca883fp-7};
    static constexpr double middle_even_0 = 0x1.31b4b67134158p-4;
    static constexpr std::array<double, 10> even_0{-0x1.2e4f2fd734e7fp-4, 0x1.2410029bc3d01p-4, -0x1.13403b11fc6a2p-4, 0x1.f93b02cbbc9bfp-5,
                                                   -0x1.c0cd2f6d66744p-5, 0x1.7cfeb5f53063ep-5, -0x1.306ee14c87ed8p-5, 0x1.c008e6ba37193p-6,
                                                   -0x1.1720b5f98c654p-6, 0x1.7ec2ce1297b32p-8};
    static constexpr std::array<double, 10> odd_0{-0x1.3718ef304e59p-6,  0x1.292a52ba6c2dep-5, -0x1.9c4b834e522d5p-5, 0x1.eb55255bc041p-5,
                                                  -0x1.0776bc511ebe8p-4, 0x1.010ab94bf0fdfp-4, -0x1.c7190fcedb393p-5, 0x1.68155fdb4166fp-5,
                                                  -0x1.d5c522b9ce3a4p-6, 0x1.49490f3cc637p-7};
    static constexpr double middle_even_1 = -0x1.55d8735e13d2ap-4;
    static constexpr std::array<double, 10> even_1{
        0x1.3bac570f30c8dp-4, -0x1.e420c694be95fp-5, 0x1.0e4a78e3450d1p-5, -0x1.ea77d56b5cf44p-9, -0x1.7bdcfc224e801p-6,
        0x1.5da1789238cd5p-5, -0x1.a454b9a97faf4p-5, 0x1.8cb7dd5585e9ap-5, -0x1.1dfabc52a8763p-5, 0x1.a388b9b5c91edp-7};
    static constexpr std::array<double, 10> odd_1{
        0x1.5779ee2bb3718p-5,  -0x1.23a33b0e9ad2p-4,  0x1.454c132e153f3p-4, -0x1.0b3c8f0d8ffe7p-4, 0x1.1ac24c7ee90aep-5,
        0x1.b672215182733p-10, -0x1.f8540e8a248bcp-6, 0x1.6794465715f76p-5, -0x1.34fb993dac428p-5, 0x1.e6d24ecc41bep-7};
    static constexpr double middle_even_2 = 0x1.583a76f0c0badp-4;
    static constexpr std::array<double, 10> even_2{
        -0x1.0b31973df7385p-4, 0x1.2644667332f5ap-6,   0x1.1ebcd16798871p-5, -0x1.1aab3e64e5c35p-4, 0x1.1e07288a62365p-4,
        -0x1.4adc907a5ca56p-5, -0x1.2449fba9c95f3p-10, 0x1.077f0db23d506p-5, -0x1.34839559ee107p-5, 0x1.0d2a8d3cbcfcdp-6};
    static constexpr std::array<double, 10> odd_2{
        -0x1.f7e3ad7a39c4fp-5, 0x1.50614c0ebeda5p-4, -0x1.96744248dba1ep-5, -0x1.82bbbaccf3142p-7, 0x1.ea49ea59cc6dep-5,
        -0x1.0851caf14e0dcp-4, 0x1.db90f16d40b53p-6, 0x1.fbb8a5b8b7175p-7,  -0x1.2026df0f6a3b4p-5, 0x1.21600467e7995p-6};
    static constexpr double middle_even_value = 0x1.4a0b1d520c36dp-4;
    static constexpr std::array<double, 10> even_value{
        -0x1.4dc6282657d27p-4, 0x1.593bff8f9db6fp-4,  -0x1.6de3b2e1757bfp-4, 0x1.8f20dc88bfb5cp-4,  -0x1.c1f888ed1f4dap-4,
        0x1.0773b9bd90548p-3,  -0x1.467e8edcade23p-3, 0x1.c083b011346d6p-3,  -0x1.6dac11243e818p-2, 0x1.747fd0fc0aab5p-1};
    static constexpr std::array<double, 10> odd_value{
        -0x1.8d85ebc2a40bep-7, 0x1.9689c3470c86p-6,   -0x1.3d264c66513adp-5, 0x1.c13983fc787eap-5,  -0x1.31b6e90f0fcb8p-4,
        0x1.9b6a834e22c5ap-4,  -0x1.1a7035857045fp-3, 0x1.a1306489c903p-3,   -0x1.642167357861cp-2, 0x1.72e1af285bc6cp-1};
    static constexpr double middle_even_slope = 0x1.90bf5d0325125p4;
    static constexpr std::array<double, 10> even_slope{-0x1.9537dedc7f38dp4, 0x1.a2efd48e7e93p4, -0x1.bb9c93a5566ffp4, 0x1.e32fe535b625ap4,
                                                       -0x1.0fad24749e491p5, 0x1.3cacf52070b7p5, -0x1.84da7ced367bp5,  0x1.050dfe1f30ca2p6,
                                                       -0x1.87666d1360c6ep6, 0x1.ddb60f47cb3a1p5};
    static constexpr std::array<double, 10> odd_slope{-0x1.e10f59a20166cp1, 0x1.ebbd71ea8fa18p2, -0x1.7f479452d388dp3, 0x1.0f0a22a3343e9p4,
                                                      -0x1.6ff6fdbb50cc1p4, 0x1.ececbdfe1cbdp4,  -0x1.4f4794ec41a48p5, 0x1.e403a5c9e9779p5,
                                                      -0x1.7bcbc5549d92p6,  0x1.d5d76e2232b1p5};
    static constexpr double widest_gap = 0x1.30e507891e27ap-4; ///< between neighbouring nodes, as part of the region
};

template <>
struct gauss_kronrod<31> {
    static constexpr std::array<double, 15> nodes{0x1.9e4724daa6d9ep-4, 0x1.9c0ba62ef04b5p-3, 0x1.325c3e695c106p-2, 0x1.939c69257d6b6p-2,
                                                  0x1.f0b94cd0dec85p-2, 0x1.245676f08f3a4p-1, 0x1.4d4f71e35996dp-1, 0x1.72e6e181ab3c4p-1,
                                                  0x1.94b1bbdbb28b7p-1, 0x1.b248221fffd63p-1, 0x1.cb6641bc8ea03p-1, 0x1.dfe24c4f8b448p-1,
                                                  0x1.ef7b7f0234d2ep-1, 0x1.f9da27c32e6dp-1,  0x1.fefa284471223p-1};
    static constexpr double middle_weight = 0x1.9f0c36a3b630fp-4;
    static constexpr std::array<double, 15> weights{0x1.9cc0d76f2b149p-4, 0x1.96370e3230056p-4, 0x1.8bd93e7ca79c3p-4, 0x1.7d7250d880badp-4,
                                                    0x1.6ac28ca83cf6dp-4, 0x1.544c38a8f82f5p-4, 0x1.3ac6bb18ffcb1p-4, 0x1.1e1f5ae8e046p-4,
                                                    0x1.fbfb7d37c673ap-5, 0x1.b61ee2ef9bab7p-5, 0x1.6d477c75a7046p-5, 0x1.218eb0f435decp-5,
                                                    0x1.a12688a63030dp-6, 0x1.ebc7c97ad100fp-7, 0x1.606b2430691fp-8};
    static constexpr double middle_even_0 = -0x1.9e7c3c17f54cdp-5;
    static constexpr std::array<double, 15> even_0{0x1.9c86e1dc06f06p-5, -0x1.9656591a15fa3p-5, 0x1.8ba1a89924cb2p-5, -0x1.7cdc217def4cdp-5,
                                                   0x1.6a8f9c3b9bba9p-5, -0x1.548dd488a1c2bp-5, 0x1.3a9a8794aff55p-5, -0x1.1d6702719bf7ap-5,
                                                   0x1.fbb4285dc254cp-6, -0x1.b77c8a3d86251p-6, 0x1.6d143178f6742p-6, -0x1.1eb95261f8382p-6,
                                                   0x1.a0ebf500e1a95p-7, -0x1.01d453ed502a2p-7, 0x1.6039a7844a6c6p-9};
    static constexpr std::array<double, 15> odd_0{0x1.20c1f5175e3eep-7, -0x1.1ae476872c03p-6,  0x1.99957732596eap-6, -0x1.03ba33014763bp-5,
                                                  0x1.3049da210f6bcp-5, -0x1.506d385e4f365p-5, 0x1.6259806f1edc1p-5, -0x1.65b6d0a29ac13p-5,
                                                  0x1.5b286365205cep-5, -0x1.427b9a52520adp-5, 0x1.1b60da2f83ea4p-5, -0x1.d0f6dd72d0994p-6,
                                                  0x1.5d099ff4264b6p-6, -0x1.b8bba2d7d2c2cp-7, 0x1.3018b3847ef95p-8};
    static constexpr double middle_even_1 = 0x1.cf6ca149efb7cp-5;
    static constexpr std::array<double, 15> even_1{
        -0x1.bf1c482083114p-5, 0x1.8f43631acc11ap-5, -0x1.43d2269aee948p-5, 0x1.c796e1a1af34dp-6,  -0x1.df560427c10eep-7,
        0x1.258d409eefd46p-10, 0x1.79f7ccf89b672p-7, -0x1.6c5e489f1effp-6,  0x1.edfb067514e71p-6,  -0x1.1b728410863b3p-5,
        0x1.1fc5ef8e5820cp-5,  -0x1.053a5d7c8115p-5, 0x1.a457713528363p-6,  -0x1.1508f339ce755p-6, 0x1.862e103d7b215p-8};
    static constexpr std::array<double, 15> odd_1{
        -0x1.4537546385d4cp-6, 0x1.2e4deb671c80fp-5,  -0x1.8f6c65a7a8b52p-5, 0x1.b96465f6bc586p-5,  -0x1.a8689a831fa23p-5,
        0x1.60f045e79310ep-5,  -0x1.df5f33ca5c29fp-6, 0x1.a12db37277657p-7,  0x1.f0f34edcd1093p-9,  -0x1.2274ce8461b0dp-6,
        0x1.b82ff31cc902ep-6,  -0x1.eb2fe94bb2d8cp-6, 0x1.bdec5375b97ddp-6,  -0x1.3acd14bce2ad6p-6, 0x1.c9736843b9d7fp-8};
    static constexpr double middle_even_2 = -0x1.d25a832a515bp-5;
    static constexpr std::array<double, 15> even_2{
        0x1.a154befac2398p-5, -0x1.1934d42b3730ep-5, 0x1.63d48aaab845p-7,  0x1.ceb3384e19fap-7,   -0x1.1f8e44890f8d5p-5,
        0x1.86483dcf67b34p-5, -0x1.946e6a7a15051p-5, 0x1.4d1eecb8f43c4p-5, -0x1.8fc2f18730ba4p-6, 0x1.4833bff6d2783p-8,
        0x1.97ae67fd06267p-7, -0x1.82f29589eb68ep-6, 0x1.b08863c96511dp-6, -0x1.51d1cf05f8f9p-6,  0x1.003946abb7922p-7};
    static constexpr std::array<double, 15> odd_2{
        0x1.ee0e510fd821dp-6,  -0x1.9fb64139b3493p-5, 0x1.c58ad5a6b2d47p-5, -0x1.600debf35bc51p-5, 0x1.28a0c05b0156ap-6,
        0x1.6473c638f9a5dp-7,  -0x1.1b1ffd323d6cdp-5, 0x1.773eee534dffcp-5, -0x1.594f0282ae859p-5, 0x1.adb732668a3d9p-6,
        -0x1.3746a6d2c6732p-8, -0x1.c903e142be69cp-7, 0x1.811193cdd00a5p-6, -0x1.5bee542788d72p-6, 0x1.171001933667cp-7};
    static constexpr double middle_even_value = -0x1.bfd69647aa82ap-5;
    static constexpr std::array<double, 15> even_value{
        0x1.c254376fbf3e4p-5,  -0x1.c98e5748841bdp-5, 0x1.d57da3d63c039p-5,  -0x1.e73207a0a4be7p-5, 0x1.00236795205d3p-4,
        -0x1.10f83078012cap-4, 0x1.26f6f813b3932p-4,  -0x1.4472d691bbafcp-4, 0x1.6d79016298218p-4,  -0x1.a726584a55f27p-4,
        0x1.f9ee17431d127p-4,  -0x1.3eabe8e6583e5p-3, 0x1.bb82414109442p-3,  -0x1.6cb17e1c15704p-2, 0x1.7472c2c47fd9ap-1};
    static constexpr std::array<double, 15> odd_value{
        0x1.6c60abeb4824cp-8,  -0x1.703af34e5331ap-7, 0x1.18ecacb94de39p-6,  -0x1.800eb64cb3a4p-6,  0x1.f0fdff2247e48p-6,
        -0x1.37b7497c1164dp-5, 0x1.800aca2126631p-5,  -0x1.d6129718adabfp-5, 0x1.20e059854b564p-4,  -0x1.66eb1e6f6b6e8p-4,
        0x1.c5f3fd3e593ecp-4,  -0x1.2aaeadc454023p-3, 0x1.ad3367e5c608ep-3,  -0x1.685074c7f0e0ap-2, 0x1.73b44955960dap-1};
    static constexpr double middle_even_slope = -0x1.2849e26721b11p5;
    static constexpr std::array<double, 15> even_slope{0x1.29ed694752f6fp5, -0x1.2eae1fe0b2a91p5, 0x1.36861392d7ffp5,  -0x1.4226f75f7cd3ep5,
                                                       0x1.529ced06bc083p5, -0x1.68ad1185a9c32p5, 0x1.8572c6ab57559p5, -0x1.abe8bcb2095e1p5,
                                                       0x1.e136ef6911798p5, -0x1.15d5d92e9e862p6, 0x1.4aa3fc0bd179fp6, -0x1.9caa5ffa27368p6,
                                                       0x1.18a5220f50513p7, -0x1.a84e532084e1fp7, 0x1.038cbd4d379c8p7};
    static constexpr std::array<double, 15> odd_slope{0x1.e16a8ba76e767p1, -0x1.e675e3cbbf17fp2, 0x1.730fb0f277b51p3, -0x1.fb2824201243ep3,
                                                      0x1.4806529fd0cabp4, -0x1.9b435e0e4c9fbp4, 0x1.fa4f22b4a5a92p4, -0x1.3586a1bbccc02p5,
                                                      0x1.7bcbf4c9f6362p5, -0x1.d69f5dd0078c3p5, 0x1.283a8e9414e04p6, -0x1.8232722969b93p6,
                                                      0x1.0f2c0addaeef1p7, -0x1.a281e3104b94p7,  0x1.01944c68b4581p7};
    static constexpr double widest_gap = 0x1.9e4724daa6d9ep-5; ///< between neighbouring nodes, as part of the region
};

} // namespace quadot::rules
